import type { ReactNode } from 'react';
import type { Alert } from '../../shared/model/alert.ts';
import { PriorityBadge } from './badge.tsx';

/** An alert in one line: how urgent, what, what else is to be said, and the way to why it told somebody or did not. */
export function AlertLine({
  alert: { priority, service, title },
  why,
  children,
}: {
  alert: Pick<Alert, 'priority' | 'service' | 'title'>;
  /** Where it is explained. */
  why: string;
  children?: ReactNode;
}) {
  return (
    <div className="line">
      <PriorityBadge priority={priority} />
      <span className="clip" title={`${service}: ${title}`}>
        <span className="t3">{service}</span> {title}
      </span>
      <span className="push line">
        {children}
        <a className="link s12" href={why} aria-label={`Why ${title}`}>
          Why
        </a>
      </span>
    </div>
  );
}
