/**
 * Prometheus marks the end of a series by one NaN among the many: this bit pattern.
 * Source: https://github.com/prometheus/prometheus/blob/main/model/value/value.go
 */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 0x00000002;

/** Whether the machine stores the low word of a double first. */
const LOW_FIRST = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
const LOW = LOW_FIRST ? 0 : 1;
const HIGH = LOW_FIRST ? 1 : 0;

export const NO_STALE = new Uint32Array(0);

/**
 * The same memory as 32-bit words. A NaN that passes through a number may lose its bits, so values are copied as words
 * wherever a marker may be among them.
 */
export function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

export function writeStale(words: Uint32Array, index: number): void {
  words[index * 2 + LOW] = STALE_LOW;
  words[index * 2 + HIGH] = STALE_HIGH;
}

export function isStale(words: Uint32Array, index: number): boolean {
  return words[index * 2 + HIGH] === STALE_HIGH && words[index * 2 + LOW] === STALE_LOW;
}

/** Ascending indices of the stale markers. */
export function staleIndices(values: Float64Array): Uint32Array {
  const words = wordsOf(values);
  let found: number[] | undefined;
  for (let i = 0; i < values.length; i += 1) {
    if (isStale(words, i)) {
      found ??= [];
      found.push(i);
    }
  }
  return found ? Uint32Array.from(found) : NO_STALE;
}

/** An array of stale markers, for `append`ing them as values. */
export function staleValues(count: number): Float64Array {
  const values = new Float64Array(count);
  const words = wordsOf(values);
  for (let i = 0; i < count; i += 1) writeStale(words, i);
  return values;
}
