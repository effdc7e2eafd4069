import type { FoundVerdict } from '../../../shared/contract/alert.ts';
import { hashOf } from '../../state/route.ts';
import { useNow } from '../../state/use-core.tsx';
import { whyRoute } from '../../state/why.ts';
import { Clock } from '../../ui/moment.tsx';
import styles from './why.module.css';

/** Verdicts as they were said, each with its rule's place in the files; each leads to all that was said of its alert. */
export function VerdictRows({ found, only }: { found: readonly FoundVerdict[]; only: string | null }) {
  const now = useNow();
  return (
    <ol className={`num ${styles.rows}`} aria-label="Verdicts">
      {found.map((one, at) => (
        <li key={at}>
          <Clock at={one.at} now={now} />
          <b>{one.stage}</b>
          <span className="t3">{one.outcome}</span>
          <span className="t2">
            {one.alertId !== only && (
              <>
                <a className="link words-link" href={hashOf(whyRoute(one.alertId))}>
                  {one.title === null ? one.alertId : `${one.service}: ${one.title}`}
                </a>{' '}
              </>
            )}
            {one.reason} {one.definedAt !== null && <code>{one.definedAt}</code>}
          </span>
        </li>
      ))}
    </ol>
  );
}
