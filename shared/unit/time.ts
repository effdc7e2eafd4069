/** Milliseconds. Times are integer milliseconds UTC since the epoch, durations whole milliseconds. */
export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: WEEK_MS,
  y: 365 * DAY_MS,
};

const DURATION = /^(?:\d+(?:ms|[smhdwy]))+$/;
const PART = /(\d+)(ms|[smhdwy])/g;

/**
 * Reads a duration as Prometheus writes it (`1h30m`, `5m`, `28d`), in milliseconds.
 * Returns undefined where the text is not one.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, digits, unit] of text.matchAll(PART))
    total += Number(digits) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  return Number.isFinite(total) ? total : undefined;
}

/** Writes a duration in the largest unit that divides it, as PromQL takes it: `5m`, `1h`, `3d`, `90s`. */
export function promDuration(durationMs: number): string {
  for (const [unit, size] of [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['m', MINUTE_MS],
    ['s', SECOND_MS],
  ] as const) {
    if (durationMs >= size && durationMs % size === 0) return `${durationMs / size}${unit}`;
  }
  return `${Math.round(durationMs)}ms`;
}

/** Writes a duration for people, two units at most: `4 m 19 s`, `11 h 13 m`, `123 d`, `850 ms`. */
export function formatDuration(durationMs: number): string {
  if (!Number.isFinite(durationMs)) return '∞';
  const abs = Math.abs(durationMs);
  const sign = durationMs < 0 ? '−' : '';
  if (abs < SECOND_MS) return `${sign}${Math.round(abs)} ms`;
  const steps = [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['m', MINUTE_MS],
    ['s', SECOND_MS],
  ] as const;
  const whole = Math.round(abs / SECOND_MS) * SECOND_MS;
  const first = steps.findIndex(([, size]) => whole >= size);
  const [unit, size] = steps[first] ?? ['s', SECOND_MS];
  const head = Math.floor(whole / size);
  const next = steps[first + 1];
  if (!next || (unit === 'd' && head >= 10)) return `${sign}${head} ${unit}`;
  const tail = Math.floor((whole - head * size) / next[1]);
  return tail === 0 ? `${sign}${head} ${unit}` : `${sign}${head} ${unit} ${tail} ${next[0]}`;
}

/** Writes an instant for reasons that are kept: `2026-01-14 10:05:00 UTC`. */
export function formatInstant(at: number): string {
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15
    ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`
    : 'never';
}
