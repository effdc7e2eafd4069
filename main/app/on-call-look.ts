import type { RoutingConfig } from '../../shared/config/routing.ts';
import type { OnCallNow } from '../../shared/model/on-call.ts';
import { DAY_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import { createOnCall, type OnCallSchedule } from '../calendar/index.ts';

const AHEAD_MS = 8 * DAY_MS;
/** Turns hand over on the wall clock, which moves by quarters of an hour at the finest. */
const LOOK_MS = 15 * MINUTE_MS;
const SHOWN = 3;

/** Who is on call by each schedule, and the next hand-overs, to the minute. */
export function onCallNow({ schedules }: Pick<RoutingConfig, 'schedules'>, now: number): OnCallNow[] {
  return Object.entries(schedules).map(([name, config]) => {
    const schedule = createOnCall(config);
    const found = schedule.at(now);
    return {
      schedule: name,
      timeZone: config.time_zone,
      person: found?.person ?? null,
      by: found?.by ?? null,
      next: handOvers(schedule, now),
    };
  });
}

function handOvers(schedule: OnCallSchedule, now: number): OnCallNow['next'] {
  const found: OnCallNow['next'] = [];
  for (let at = now; at < now + AHEAD_MS && found.length < SHOWN; at += LOOK_MS) {
    const until = at + LOOK_MS;
    if (keyOf(schedule, at) === keyOf(schedule, until)) continue;
    const fromAt = firstAs(schedule, at, until);
    const next = schedule.at(fromAt);
    found.push({ fromAt, person: next?.person ?? null, by: next?.by ?? null });
  }
  return found;
}

/** The first whole minute after `fromAt` at which it is as it is at `toAt`. */
function firstAs(schedule: OnCallSchedule, fromAt: number, toAt: number): number {
  const wanted = keyOf(schedule, toAt);
  let at = Math.floor(fromAt / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  while (at < toAt && keyOf(schedule, at) !== wanted) at += MINUTE_MS;
  return Math.min(at, toAt);
}

function keyOf(schedule: OnCallSchedule, at: number): string {
  return schedule.at(at)?.person ?? '';
}
