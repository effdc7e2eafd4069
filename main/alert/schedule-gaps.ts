import type { ScheduleConfig } from '../../shared/config/on-call.ts';
import { createOnCall } from '../calendar/index.ts';

/** A time in which nobody is on call. */
export interface ScheduleGap {
  readonly fromAt: number;
  readonly toAt: number;
}

/** The times between two instants in which a schedule names nobody. */
export function scheduleGaps(config: ScheduleConfig, fromAt: number, toAt: number): ScheduleGap[] {
  const schedule = createOnCall(config);
  const gaps: ScheduleGap[] = [];
  let gapFromAt = schedule.at(fromAt) === null ? fromAt : null;
  for (const { at, onCall } of schedule.handOvers(fromAt, toAt)) {
    if (gapFromAt !== null) gaps.push({ fromAt: gapFromAt, toAt: at });
    gapFromAt = onCall === null ? at : null;
  }
  return gapFromAt === null ? gaps : [...gaps, { fromAt: gapFromAt, toAt }];
}
