import type { RoutingConfig } from '../../shared/config/routing.ts';
import type { OnCallNow } from '../../shared/model/on-call.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import { createOnCall } from '../calendar/index.ts';

const AHEAD_MS = 8 * DAY_MS;
const SHOWN = 3;

/** Who is on call by each schedule, and the next hand-overs. */
export function onCallNow({ schedules }: Pick<RoutingConfig, 'schedules'>, now: number): OnCallNow[] {
  return Object.entries(schedules).map(([name, config]) => {
    const schedule = createOnCall(config);
    const found = schedule.at(now);
    const next = schedule.handOvers(now, now + AHEAD_MS).slice(0, SHOWN);
    return {
      schedule: name,
      timeZone: config.time_zone,
      person: found?.person ?? null,
      by: found?.by ?? null,
      next: next.map(({ at, onCall }) => ({
        fromAt: at,
        person: onCall?.person ?? null,
        by: onCall?.by ?? null,
      })),
    };
  });
}
