import type { Samples } from './metric-chunk.ts';
import { wordsOf } from './metric-stale.ts';

/** Joins parts whose times may interleave into one ascending whole. For one instant the sample of the earliest part stays. */
export function mergeSamples(parts: readonly Samples[]): Samples {
  const filled = parts.filter((part) => part.times.length > 0);
  const [only] = filled;
  if (filled.length === 1 && only) return only;
  const count = filled.reduce((sum, part) => sum + part.times.length, 0);
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  let offset = 0;
  for (const part of filled) {
    times.set(part.times, offset);
    values.set(part.values, offset);
    offset += part.times.length;
  }
  return isAscending(times) ? { times, values } : sorted({ times, values });
}

export function isAscending(times: Float64Array): boolean {
  for (let i = 1; i < times.length; i += 1) if (!((times[i - 1] ?? 0) < (times[i] ?? 0))) return false;
  return true;
}

function sorted({ times, values }: Samples): Samples {
  const order = Uint32Array.from(times.keys()).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const outTimes = new Float64Array(times.length);
  const outValues = new Float64Array(times.length);
  const from = wordsOf(values);
  const to = wordsOf(outValues);
  let count = 0;
  for (const index of order) {
    const time = times[index] ?? 0;
    if (count > 0 && outTimes[count - 1] === time) continue;
    outTimes[count] = time;
    to[count * 2] = from[index * 2] ?? 0;
    to[count * 2 + 1] = from[index * 2 + 1] ?? 0;
    count += 1;
  }
  return { times: outTimes.slice(0, count), values: outValues.slice(0, count) };
}

/** Index of the first time above the given one. */
export function firstAfter(times: Float64Array, at: number, end = times.length): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
