import type { DetectorStatus } from '../../shared/model/detector.ts';
import type { Incident } from '../../shared/model/incident.ts';
import type { ChangeEvent, Service } from '../../shared/model/service.ts';
import { HOUR_MS } from '../../shared/unit/time.ts';

const LOOK_BACK_MS = 2 * HOUR_MS;

/**
 * A change is dated by the poll that saw its label; the failures that it brought may be counted some seconds before.
 */
const SEEN_LATE_MS = 30_000;

/** Something that changed around the start of an incident: a deployment, or a metric that left its pattern. */
export type Clue =
  | {
      readonly kind: 'change';
      readonly at: number;
      readonly change: ChangeEvent;
      readonly suspected: boolean;
    }
  | {
      readonly kind: 'pattern';
      readonly at: number;
      readonly title: string;
      readonly service: string;
      readonly reason: string;
      readonly first: boolean;
    };

/** The services whose trouble can show in these: they themselves and all they depend on. */
export function upstreamOf(
  services: readonly string[],
  catalogue: ReadonlyMap<string, Service>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [...services];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    waiting.push(...(catalogue.get(next)?.dependsOn ?? []));
  }
  return reached;
}

/**
 * What changed, the suspected cause first, then in order of time. The last change before the incident began, or
 * seen just as it did, is *suspected*: that is a proposal, since coming before is not a proof.
 */
export function cluesOf(
  incident: Incident,
  changes: Iterable<ChangeEvent>,
  detectors: Iterable<DetectorStatus>,
  catalogue: ReadonlyMap<string, Service>,
): Clue[] {
  const near = upstreamOf([incident.service, ...incident.services], catalogue);
  const fromAt = incident.startedAt - LOOK_BACK_MS;
  const untilAt = incident.resolvedAt ?? Number.POSITIVE_INFINITY;
  const within = [...changes]
    .filter((one) => near.has(one.service) && one.at >= fromAt && one.at <= untilAt)
    .sort((a, b) => a.at - b.at);
  const suspect = within.findLast((one) => one.at <= incident.startedAt + SEEN_LATE_MS);
  const clues: Clue[] = within.map((change) => ({
    kind: 'change',
    at: change.at,
    change,
    suspected: change === suspect,
  }));
  const patterns = patternsOf(detectors, near, fromAt);
  const firstAt = Math.min(...patterns.map((one) => one.at));
  for (const one of patterns) clues.push({ ...one, first: one.at === firstAt });
  return clues.sort((a, b) => Number(isSuspected(b)) - Number(isSuspected(a)) || a.at - b.at);
}

function isSuspected(clue: Clue): boolean {
  return clue.kind === 'change' && clue.suspected;
}

function patternsOf(detectors: Iterable<DetectorStatus>, near: ReadonlySet<string>, fromAt: number) {
  const found: Extract<Clue, { kind: 'pattern' }>[] = [];
  for (const status of detectors) {
    if (status.state !== 'anomalous' || !near.has(status.detector.service)) continue;
    for (const verdict of status.verdicts)
      if (verdict.anomalous && verdict.at >= fromAt)
        found.push({
          kind: 'pattern',
          at: verdict.at,
          title: status.detector.title,
          service: status.detector.service,
          reason: verdict.reason,
          first: false,
        });
  }
  return found;
}
