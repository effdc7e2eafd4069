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
}

export interface MarkSources {
  readonly incidents: Iterable<Incident>;
  readonly changes: Iterable<ChangeEvent>;
  readonly detectors: Iterable<DetectorStatus>;
}

/** More marks than these hide what they mark; the newest stay. */
const MARKS_MAX = 60;

/** Incidents, changes that were seen, and level changes that detectors found, within the range. */
export function signalMarks(
  { incidents, changes, detectors }: MarkSources,
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
  if (wish.changePoints)
    for (const { detector, verdicts } of detectors)
      for (const verdict of verdicts)
        if (verdict.levelChange)
          marks.push({ at: verdict.at, kind: 'change', label: `level change: ${detector.title}` });
  return marks
    .filter((one) => one.at >= range.fromAt && one.at <= range.toAt)
    .sort((a, b) => b.at - a.at)
    .slice(0, MARKS_MAX)
    .reverse();
}
