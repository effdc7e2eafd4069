import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoopDelay {
  /** 99th percentile and maximum since the start, in milliseconds beyond the timer's own resolution. */
  look(): { p99Ms: number; maxMs: number };
  stop(): void;
}

const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;

/** How long the main thread kept others waiting: it polls, decides and answers, and must never compute for long. */
export function watchLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return {
    look() {
      const beyond = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);
      const seen = histogram.count > 0;
      return {
        p99Ms: seen ? beyond(histogram.percentile(99)) : 0,
        maxMs: seen ? beyond(histogram.max) : 0,
      };
    },
    stop: () => void histogram.disable(),
  };
}
