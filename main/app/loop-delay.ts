import { type ELDHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import type { Clock } from '../platform/index.ts';

/** Delays of the main thread beyond the timer's own resolution. */
export interface LoopDelayFigures {
  /** Since the start. */
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly sumMs: number;
  readonly count: number;
  /** Over the latest whole minute; null in the first. */
  readonly minute: { readonly p50Ms: number; readonly p90Ms: number; readonly p99Ms: number } | null;
}

export interface LoopDelay {
  look(): LoopDelayFigures;
  stop(): void;
}

/**
 * Ten looks a second: each wakes the process, which costs an idle one more than all its polls when it is done a hundred times.
 * What waits at a random moment is sampled just as well; of delays shorter than this the longest may be missed.
 */
const RESOLUTION_MS = 100;
const NANOSECONDS_PER_MS = 1e6;

/** How long the main thread kept others waiting: it polls, decides and answers, and must never compute for long. */
export function watchLoopDelay(clock: Pick<Clock, 'monotonic'>): LoopDelay {
  const whole = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  const latest = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  whole.enable();
  latest.enable();
  let sinceMs = clock.monotonic();
  let minute: LoopDelayFigures['minute'] = null;
  return {
    look() {
      if (clock.monotonic() - sinceMs >= MINUTE_MS) {
        minute = { p50Ms: at(latest, 50), p90Ms: at(latest, 90), p99Ms: at(latest, 99) };
        latest.reset();
        sinceMs = clock.monotonic();
      }
      const { count } = whole;
      return {
        p99Ms: at(whole, 99),
        maxMs: count > 0 ? beyond(whole.max) : 0,
        sumMs: count > 0 ? beyond(whole.mean) * count : 0,
        count,
        minute,
      };
    },
    stop() {
      whole.disable();
      latest.disable();
    },
  };
}

function at(histogram: ELDHistogram, percentile: number): number {
  return histogram.count > 0 ? beyond(histogram.percentile(percentile)) : 0;
}

function beyond(nanoseconds: number): number {
  return Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);
}
