import type { HealthHistory } from '../../shared/model/health.ts';
import { DAY_MS, SECOND_MS } from '../../shared/unit/time.ts';

/** Midwatch's own figures at one instant; null where one is not known. */
export interface OwnPoint {
  readonly at: number;
  /** 99th percentile of the main thread's delay over the latest minute. */
  readonly loopDelayMs: number | null;
  /** Calls that wait for a worker, and requests of senders that wait to be kept. */
  readonly waiting: number | null;
  readonly pollingLagMs: number | null;
  readonly storeBytes: number | null;
}

const FIGURES = ['loopDelayMs', 'waiting', 'pollingLagMs', 'storeBytes'] as const;
export const OWN_EVERY_MS = 10 * SECOND_MS;
/** A day in memory is under half a megabyte; what must outlive a restart belongs to who scrapes `/metrics`. */
const KEPT = DAY_MS / OWN_EVERY_MS;

/** The course of Midwatch's own figures since its start, a day at most. */
export interface OwnHistory {
  note(point: OwnPoint): void;
  /** The largest of each step, so that no peak is lost between two points; null where nothing was noted. */
  range(fromAt: number, toAt: number, points: number): HealthHistory;
}

export function createOwnHistory(): OwnHistory {
  const kept: OwnPoint[] = [];
  return {
    note(point) {
      // A clock that was set back: what was noted of the time to come is void.
      while ((kept.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= point.at) kept.pop();
      kept.push(point);
      if (kept.length > KEPT) kept.shift();
    },
    range(fromAt, toAt, points) {
      const stepMs = Math.max(OWN_EVERY_MS, Math.ceil((toAt - fromAt) / points));
      const steps = Math.max(1, Math.ceil((toAt - fromAt) / stepMs));
      const empty = () => new Array<number | null>(steps).fill(null);
      const curves = { loopDelayMs: empty(), waiting: empty(), pollingLagMs: empty(), storeBytes: empty() };
      for (const point of kept) {
        const step = Math.ceil((point.at - fromAt) / stepMs) - 1;
        if (step < 0 || step >= steps) continue;
        for (const name of FIGURES) {
          const value = point[name];
          if (value !== null) curves[name][step] = Math.max(value, curves[name][step] ?? value);
        }
      }
      return { sinceAt: kept[0]?.at ?? null, fromAt, stepMs, ...curves };
    },
  };
}
