import type { CSSProperties, ReactNode } from 'react';
import { Glyph, type GlyphName, type Tone } from './badge.tsx';

export interface EmptyProps {
  glyph: GlyphName;
  tone?: Tone;
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}

/** Nothing to show: says why, and what to do next. */
export function Empty({ glyph, tone = 't3', title, children, actions }: EmptyProps) {
  return (
    <div className="empty-place">
      <div className="empty">
        <Glyph name={glyph} tone={tone} />
        <h2>{title}</h2>
        <div className="t2">{children}</div>
        {actions && <div className="line wrap">{actions}</div>}
      </div>
    </div>
  );
}

/** Something went wrong: what happened, what it means, what to do. */
export function Problem({
  title,
  children,
  actions,
}: {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="problem" role="alert">
      <div className="line">
        <Glyph name="suppressed" tone="sev1" />
        <b>{title}</b>
      </div>
      <div className="t2 s12">{children}</div>
      {actions && <div className="line wrap">{actions}</div>}
    </div>
  );
}

const WIDTHS = ['sk w-60', 'sk w-90', 'sk w-75'] as const;

/** Still loading: the place of what will come. */
export function Skeleton({ rows = 3, label }: { rows?: number; label: string }) {
  return (
    <div className="wait" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => {
        const key = `row-${index}`;
        return <span key={key} className={WIDTHS[index % WIDTHS.length]} />;
      })}
    </div>
  );
}

/** A share of something, 0 to 1; null draws an empty, dashed bar: no data. */
export function Meter({
  value,
  tone,
  label,
}: {
  value: number | null;
  tone: 'ok' | 'burning' | 'text-3' | 'accent';
  label: string;
}) {
  const style: CSSProperties & { '--v': number; '--c': string } = {
    '--v': Math.min(1, Math.max(0, value ?? 0)),
    '--c': `var(--${tone})`,
  };
  return (
    <span
      className="meter"
      data-empty={value === null || undefined}
      role="img"
      aria-label={`${label}: ${value === null ? 'no data' : `${Math.round(value * 100)} %`}`}
      style={style}
    >
      <i />
    </span>
  );
}
