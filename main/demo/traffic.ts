import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import { Random } from './random.ts';

/** Requests per second that clients send at an instant. */
export type Demand = (at: number) => number;

/** Mean over a week, the same for the live fleet and its written history. */
export const MEAN_REQUESTS_PER_SECOND = 400;

/** Sunday first, as the calendar of UTC has it; the mean is 1. */
const WEEKDAY_FACTOR = [0.88, 1.03, 1.05, 1.05, 1.04, 1.03, 0.92] as const;
const DAILY_SWING = 0.4;
const PEAK_HOUR = 15;
const WOBBLES = [
  { periodMs: 7.3 * MINUTE_MS, share: 0.012 },
  { periodMs: 23 * MINUTE_MS, share: 0.016 },
  { periodMs: 97 * MINUTE_MS, share: 0.02 },
] as const;

/**
 * The demand curve: a day with its peak at 15:00 UTC, a calmer weekend, and slow wobbles whose phase comes from the seed.
 * A pure function of time, so that history and the live fleet meet without a step.
 */
export function demandCurve(seed: number): Demand {
  const random = new Random(seed ^ 0x5f3759df);
  const phases = WOBBLES.map(() => random.next() * 2 * Math.PI);
  return (at) => {
    const hour = (at % DAY_MS) / HOUR_MS;
    const daily = 1 + DAILY_SWING * Math.cos(((hour - PEAK_HOUR) / 24) * 2 * Math.PI);
    let wobble = 1;
    for (const [index, { periodMs, share }] of WOBBLES.entries()) {
      wobble += share * Math.sin((at / periodMs) * 2 * Math.PI + (phases[index] ?? 0));
    }
    return MEAN_REQUESTS_PER_SECOND * daily * weekdayFactor(at) * wobble;
  };
}

/** Glides from one day to the next over the four hours around midnight: people do not change at the stroke of twelve. */
function weekdayFactor(at: number): number {
  const day = Math.floor(at / DAY_MS);
  const hour = (at % DAY_MS) / HOUR_MS;
  const today = factorOf(day);
  if (hour < 2) return today + (factorOf(day - 1) - today) * (0.5 - hour / 4);
  if (hour > 22) return today + (factorOf(day + 1) - today) * ((hour - 22) / 4);
  return today;
}

function factorOf(day: number): number {
  const weekday = (((day + 4) % 7) + 7) % 7; // 1 January 1970 was a Thursday
  return WEEKDAY_FACTOR[weekday] ?? 1;
}
