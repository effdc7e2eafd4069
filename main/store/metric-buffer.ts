import type { Samples } from './metric-chunk.ts';
import { firstAfter } from './metric-merge.ts';
import { isStale, NO_STALE, staleIndices, wordsOf } from './metric-stale.ts';

/** A part of a buffer: views, valid as long as their holder keeps them. */
export interface BufferSlice extends Samples {
  readonly stale: Uint32Array;
}

/**
 * The decoded samples of one series from some instant to its newest, growing at the end. What was handed out stays as it
 * was: growing and trimming move to fresh arrays.
 */
export interface SampleBuffer {
  /** All stored samples above this instant are here. */
  coversAfterAt(): number;
  samples(): number;
  append(at: number, words: Uint32Array, index: number): void;
  /** Samples with fromAt < t ≤ toAt. How far back it is asked for is how far back it keeps when it makes room. */
  slice(fromAt: number, toAt: number): BufferSlice;
  newestAt(): number | undefined;
  oldestAt(): number | undefined;
}

/** Room for so many more samples at each growth, at least. */
const GROWTH_MIN = 64;

export function createSampleBuffer(initial: Samples, coversAfterAt: number): SampleBuffer {
  let { times, values } = initial;
  let words = wordsOf(values);
  let count = times.length;
  let stale = Array.from(staleIndices(values));
  let coversAfter = coversAfterAt;
  let spanMs = 0;

  const grow = () => {
    const newest = times[count - 1] ?? 0;
    // A quarter more than was asked for stays, so that two windows asked in turn do not load in turn.
    const cutAt = newest - spanMs * 1.25;
    // One that covers everything (the head) is never cut.
    const cut = Number.isFinite(coversAfter) && cutAt > coversAfter ? firstAfter(times, cutAt, count) : 0;
    const kept = count - cut;
    const nextTimes = new Float64Array(kept + Math.max(GROWTH_MIN, kept >> 1));
    const nextValues = new Float64Array(nextTimes.length);
    nextTimes.set(times.subarray(cut, count));
    nextValues.set(values.subarray(cut, count));
    if (cut > 0) {
      coversAfter = cutAt;
      stale = stale.filter((index) => index >= cut).map((index) => index - cut);
    }
    times = nextTimes;
    values = nextValues;
    words = wordsOf(values);
    count = kept;
  };

  return {
    coversAfterAt: () => coversAfter,
    samples: () => count,
    append(at, from, index) {
      if (count === times.length) grow();
      times[count] = at;
      words[count * 2] = from[index * 2] ?? 0;
      words[count * 2 + 1] = from[index * 2 + 1] ?? 0;
      if (isStale(words, count)) stale.push(count);
      count += 1;
    },
    slice(fromAt, toAt) {
      spanMs = Math.max(spanMs, (times[count - 1] ?? fromAt) - fromAt);
      const from = firstAfter(times, fromAt, count);
      const to = firstAfter(times, toAt, count);
      return {
        times: times.subarray(from, to),
        values: values.subarray(from, to),
        stale: staleBetween(stale, from, to),
      };
    },
    newestAt: () => (count > 0 ? times[count - 1] : undefined),
    oldestAt: () => (count > 0 ? times[0] : undefined),
  };
}

function staleBetween(stale: readonly number[], from: number, to: number): Uint32Array {
  if (stale.length === 0) return NO_STALE;
  const inside = stale.filter((index) => index >= from && index < to);
  return inside.length === 0 ? NO_STALE : Uint32Array.from(inside, (index) => index - from);
}
