/** How a sender reports: what came since its last report, or all since a start. */
export type Temporality = 'delta' | 'cumulative';

/** The interval that a point stands for, in nanoseconds since 1970; a start of 0 is unknown. */
export interface Interval {
  readonly startNanos: bigint;
  readonly nanos: bigint;
}

/** What is remembered of a stream between its points. `values` are the totals as they were last given on. */
export interface RunningTotal {
  readonly startNanos: bigint;
  /** The interval that was counted last. */
  readonly lastStartNanos: bigint;
  readonly lastNanos: bigint;
  readonly values: readonly number[];
}

/**
 * What a point comes to. `zeroAt` is set where the stream (re)started: a zero belongs there, so that a counter which
 * begins anew above its old value is still seen to have begun anew.
 */
export type TotalStep =
  | {
      readonly kind: 'taken';
      readonly next: RunningTotal;
      readonly values: readonly number[];
      readonly zeroAt: number | null;
      /** Nothing new: an interval that was counted already, or an older state of a cumulative stream. */
      readonly repeated: boolean;
    }
  | { readonly kind: 'refused'; readonly reason: string };

export const OUT_OF_ORDER = 'delta point older than one already counted';
export const OVERLAP = 'delta point whose interval overlaps one already counted';

/** Whole milliseconds, as samples have them. */
export function millisOf(nanos: bigint): number {
  return Number(nanos / 1_000_000n);
}

/**
 * Turns one point of a stream into running totals. Deltas are added in the order of their time: one that is older than
 * what is counted, or overlaps it, is refused, and the very same interval again (a repeated request) gives the same total
 * without being counted twice. A cumulative point passes as it is; a start later than all seen before is a restart.
 * `values` may be several numbers that move together, as a histogram's do; their number must be the total's.
 */
export function stepTotal(
  total: RunningTotal | undefined,
  temporality: Temporality,
  interval: Interval,
  values: readonly number[],
): TotalStep {
  return temporality === 'delta'
    ? stepDelta(total, interval, values)
    : stepCumulative(total, interval, values);
}

function stepDelta(
  total: RunningTotal | undefined,
  { startNanos, nanos }: Interval,
  values: readonly number[],
): TotalStep {
  if (!total) {
    const next = { startNanos, lastStartNanos: startNanos, lastNanos: nanos, values };
    return { kind: 'taken', next, values, zeroAt: zeroAfter(startNanos, 0n, nanos), repeated: false };
  }
  // Clocks of milliseconds give intervals without a length, so the end alone does not tell a repeated one.
  if (nanos === total.lastNanos && startNanos === total.lastStartNanos)
    return { kind: 'taken', next: total, values: total.values, zeroAt: null, repeated: true };
  if (nanos < total.lastNanos) return { kind: 'refused', reason: OUT_OF_ORDER };
  if (startNanos !== 0n && startNanos < total.lastNanos) return { kind: 'refused', reason: OVERLAP };
  const sums = values.map((value, index) => value + (total.values[index] ?? 0));
  return {
    kind: 'taken',
    next: { startNanos: total.startNanos, lastStartNanos: startNanos, lastNanos: nanos, values: sums },
    values: sums,
    zeroAt: null,
    repeated: false,
  };
}

function stepCumulative(
  total: RunningTotal | undefined,
  { startNanos, nanos }: Interval,
  values: readonly number[],
): TotalStep {
  // An older point is history that arrives late: it is given on, and says nothing about restarts.
  if (total && nanos <= total.lastNanos)
    return { kind: 'taken', next: total, values, zeroAt: null, repeated: true };
  const restarted = total !== undefined && startNanos > total.startNanos && startNanos >= total.lastNanos;
  return {
    kind: 'taken',
    next: { startNanos, lastStartNanos: startNanos, lastNanos: nanos, values },
    values,
    zeroAt: restarted ? zeroAfter(startNanos, total.lastNanos, nanos) : null,
    repeated: false,
  };
}

/** The first millisecond after a start, and after the last point before it; null where none is left before the point. */
function zeroAfter(startNanos: bigint, lastNanos: bigint, nanos: bigint): number | null {
  if (startNanos === 0n) return null;
  const at = millisOf(startNanos > lastNanos ? startNanos : lastNanos) + 1;
  return at < millisOf(nanos) ? at : null;
}
