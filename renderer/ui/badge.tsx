import type { CSSProperties, ReactNode } from 'react';
import type { Priority, Severity } from '../../shared/model/priority.ts';
import { countdown } from './format.ts';

/** Severity of an incident: octagon, triangle or diamond, with its label. */
export function SeverityBadge({ severity }: { severity: Severity }) {
  return (
    <span className="sev" data-sev={severity.slice(-1)}>
      {severity}
    </span>
  );
}

/** Priority of an alert: four to one bars, with its label. */
export function PriorityBadge({ priority }: { priority: Priority }) {
  return (
    <span className="pri" data-p={priority.slice(1)}>
      {priority}
    </span>
  );
}

export type StateName =
  | 'ok'
  | 'burning'
  | 'no-data'
  | 'unwatched'
  | 'suppressed'
  | 'acknowledged'
  | 'firing'
  | 'starting';

export function StateBadge({
  state,
  children,
  title,
}: {
  state: StateName;
  children: ReactNode;
  title?: string;
}) {
  return (
    <span className="state" data-s={state} title={title}>
      <span className="clip">{children}</span>
    </span>
  );
}

export interface DueProps {
  label: string;
  state: 'running' | 'soon' | 'late' | 'met' | 'met-late';
  /** Time left, or time taken where it is met. */
  ms: number;
  /** Share of the time left, for the ring. */
  left: number;
  title?: string;
}

/** A deadline: what, how long, and a ring that empties. */
export function Due({ label, state, ms, left, title }: DueProps) {
  const style: CSSProperties & { '--left': number } = { '--left': left };
  const met = state === 'met' || state === 'met-late';
  return (
    <span className="due" data-due={state} style={style} title={title}>
      {label} <b>{met ? countdown(Math.max(0, ms)) : countdown(ms)}</b>
    </span>
  );
}

export type GlyphName =
  | 'ok'
  | 'burning'
  | 'no-data'
  | 'unwatched'
  | 'suppressed'
  | 'acknowledged'
  | 'firing'
  | 'deploy'
  | 'change'
  | 'note'
  | 'run'
  | 'wait'
  | 'equal'
  | 'found';

export type Tone = 'ok' | 'burn' | 'sev1' | 'deploy' | 'change' | 'ack' | 'accent' | 't2' | 't3';

const TONE_CLASS: Readonly<Record<Tone, string>> = {
  ok: 'c-ok',
  burn: 'c-burn',
  sev1: 'c-sev1',
  deploy: 'c-deploy',
  change: 'c-change',
  ack: 'c-ack',
  accent: 'c-accent',
  t2: 't2',
  t3: 't3',
};

export function Glyph({ name, tone = 't2' }: { name: GlyphName; tone?: Tone }) {
  return <span className={`g ${TONE_CLASS[tone]}`} data-g={name} aria-hidden="true" />;
}
