import { formatDuration, SECOND_MS } from '../../../shared/unit/time.ts';

/** A span's duration: `0.42 ms`, `12.3 ms`, `840 ms`, `1.24 s`, `2 m 5 s`. Stages of an inference are shorter than a millisecond. */
export function spanTime(ms: number): string {
  if (ms < 10) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  return ms < 60 * SECOND_MS ? `${(ms / SECOND_MS).toFixed(2)} s` : formatDuration(ms);
}
