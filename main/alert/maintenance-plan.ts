import { MaintenanceConfig } from '../../shared/config/maintenance.ts';
import type { MaintenancePlan } from '../../shared/model/maintenance.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import type { Recurrence } from '../calendar/index.ts';
import { maintenanceProblem, recurrenceOf } from './maintenance.ts';

const UPCOMING = 4;
/** Clocks change within half a year; a plan of each minute would take too long to get there. */
const LOOKED_MAX = 3_000;
const YEAR_MS = 366 * DAY_MS;

/** A window as somebody is writing it: all that is wrong with it at once, and, where nothing is, when it would come. */
export function planMaintenance(written: Readonly<Record<string, unknown>>, now: number): MaintenancePlan {
  const parsed = MaintenanceConfig.safeParse(written);
  if (!parsed.success)
    return refused(
      parsed.error.issues.map(({ path, message }) => ({ key: String(path[0] ?? 'id'), message })),
    );
  const problem = maintenanceProblem(parsed.data);
  if (problem) return refused([problem]);
  const recurrence = recurrenceOf(parsed.data);
  if (!recurrence.ok) return refused([{ key: 'schedule', message: recurrence.error }]);
  const upcoming: MaintenancePlan['upcoming'] = [];
  for (let next = recurrence.value.next(now); next && upcoming.length < UPCOMING; )
    next = recurrence.value.next(upcoming[upcoming.push(next) - 1]?.startsAt ?? now);
  return {
    problems: [],
    current: recurrence.value.current(now),
    upcoming,
    afterClockChange: afterClockChange(recurrence.value, parsed.data.time_zone, now),
  };
}

function refused(problems: MaintenancePlan['problems']): MaintenancePlan {
  return { problems, current: null, upcoming: [], afterClockChange: null };
}

/** The first occurrence at another distance from UTC than the next one. */
function afterClockChange(
  recurrence: Recurrence,
  timeZone: string,
  now: number,
): MaintenancePlan['afterClockChange'] {
  const offset = offsetIn(timeZone);
  const first = recurrence.next(now);
  if (!first) return null;
  const before = offset(first.startsAt);
  // From a day to the next, so that a plan of each hour is looked through as fast as one of each week.
  let from = first.startsAt;
  for (let looked = 0; looked < LOOKED_MAX; looked += 1) {
    const next = recurrence.next(from);
    if (!next || next.startsAt > now + YEAR_MS) return null;
    if (offset(next.startsAt) === before) {
      from = Math.max(next.startsAt, from + DAY_MS);
      continue;
    }
    return firstAfter(recurrence, Math.max(first.startsAt, from - DAY_MS), offset, before);
  }
  return null;
}

function firstAfter(
  recurrence: Recurrence,
  fromAt: number,
  offset: (at: number) => string,
  before: string,
): MaintenancePlan['afterClockChange'] {
  let next = recurrence.next(fromAt);
  for (let looked = 0; next && looked < LOOKED_MAX; looked += 1) {
    if (offset(next.startsAt) !== before) return next;
    next = recurrence.next(next.startsAt);
  }
  return next;
}

function offsetIn(timeZone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  return (at) => format.formatToParts(at).find((one) => one.type === 'timeZoneName')?.value ?? '';
}
