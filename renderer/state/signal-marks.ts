import type { DetectorStatus } from '../../shared/model/detector.ts';
import type { Incident } from '../../shared/model/incident.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';

/** Something on the time axis. */
export interface SignalMark {
  readonly at: number;
  readonly kind: 'deploy' | 'change' | 'event';
  readonly label: string;
}

/** Which kinds of marks are wanted. */
export interface MarkWish {
  readonly incidents: boolean;
  readonly deployments: boolean;
  readonly changePoints: boolean;
  /** What detectors expected: an area behind the line. */
  readonly bounds: boolean;
}

/** A detector's level changes of the past, ascending. */
export interface PastChanges {
  readonly title: string;
  readonly changedAt: readonly number[];
}

export interface MarkSources {
  readonly incidents: Iterable<Incident>;
  readonly changes: Iterable<ChangeEvent>;
  readonly detectors: Iterable<DetectorStatus>;
  readonly past: Iterable<PastChanges>;
}

/** More marks than these hide what they mark; the newest stay. */
const MARKS_MAX = 60;
const SAME_MS = 15_000;

/** Incidents, changes that were seen, and level changes that detectors found now or in the past, within the range. */
export function signalMarks(
  { incidents, changes, detectors, past }: MarkSources,
  wish: MarkWish,
  range: { readonly fromAt: number; readonly toAt: number },
): readonly SignalMark[] {
  const marks: SignalMark[] = [];
  if (wish.incidents)
    for (const one of incidents)
      if (one.phase !== 'cancelled') {
        marks.push({ at: one.openedAt, kind: 'event', label: `${one.name} ${one.severity}` });
        if (one.resolvedAt !== null)
          marks.push({ at: one.resolvedAt, kind: 'event', label: `${one.name} resolved` });
      }
  if (wish.deployments)
    for (const one of changes)
      marks.push({ at: one.at, kind: 'deploy', label: `${one.service} ${one.to ?? one.what}` });
  if (wish.changePoints) marks.push(...changeMarks(detectors, past));
  return marks
    .filter((one) => one.at >= range.fromAt && one.at <= range.toAt)
    .sort((a, b) => b.at - a.at)
    .slice(0, MARKS_MAX)
    .reverse();
}

/** What is found live and again in the past is one mark, though its time may differ by a poll. */
function changeMarks(detectors: Iterable<DetectorStatus>, past: Iterable<PastChanges>): SignalMark[] {
  const found = new Map<string, SignalMark>();
  const see = (title: string, at: number) => {
    const mark: SignalMark = { at, kind: 'change', label: `level change: ${title}` };
    found.set(`${title} ${Math.round(at / SAME_MS)}`, mark);
  };
  for (const { detector, verdicts } of detectors)
    for (const verdict of verdicts) if (verdict.levelChange) see(detector.title, verdict.at);
  for (const { title, changedAt } of past) for (const at of changedAt) see(title, at);
  return [...found.values()];
}
