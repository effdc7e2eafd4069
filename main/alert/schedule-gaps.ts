import type { ScheduleConfig } from '../../shared/config/on-call.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import { createOnCall } from '../calendar/index.ts';

/** A time in which nobody is on call. */
export interface ScheduleGap {
  readonly fromAt: number;
  readonly toAt: number;
}

/** Turns hand over on the wall clock, which moves by quarters of an hour at the finest. */
const LOOK_MS = 5 * MINUTE_MS;

/** The times between two instants in which a schedule names nobody, to the minute; one under five minutes may be missed. */
export function scheduleGaps(config: ScheduleConfig, fromAt: number, toAt: number): ScheduleGap[] {
  const schedule = createOnCall(config);
  const isCovered = (at: number) => schedule.at(at) !== null;
  const gaps: ScheduleGap[] = [];
  let gapFromAt = isCovered(fromAt) ? null : fromAt;
  for (let at = fromAt + LOOK_MS; at <= toAt; at += LOOK_MS) {
    const covered = isCovered(at);
    if (covered === (gapFromAt === null)) continue;
    const changedAt = changeBetween(at - LOOK_MS, at, isCovered);
    if (gapFromAt === null) gapFromAt = changedAt;
    else {
      gaps.push({ fromAt: gapFromAt, toAt: changedAt });
      gapFromAt = null;
    }
  }
  return gapFromAt === null ? gaps : [...gaps, { fromAt: gapFromAt, toAt }];
}

/** The first minute after `beforeAt` that is as `atAt` is. */
function changeBetween(beforeAt: number, atAt: number, isCovered: (at: number) => boolean): number {
  const wanted = isCovered(atAt);
  let at = Math.floor(beforeAt / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  while (at < atAt && isCovered(at) !== wanted) at += MINUTE_MS;
  return Math.min(at, atAt);
}
