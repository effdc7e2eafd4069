import { inflateRawSync } from 'node:zlib';
import { wordsOf } from './metric-stale.ts';

const INT32_MAX = 0x7fff_ffff;

/**
 * How a column of doubles is written so that deflate swallows it: differences of whole numbers, or each value's bits
 * against those of the one before, and the bytes sorted into planes (all first bytes, then all second ones, …).
 */
export interface Column {
  /** Whole numbers as 32-bit differences; otherwise 64 bits each. */
  readonly whole: boolean;
  /** The whole numbers are the values times ten to this power. */
  readonly digits: number;
  readonly planes: Uint8Array;
}

/** Values with so many digits after the point, as seconds of processor time have them, are written as whole numbers. */
export const DIGITS_MAX = 4;

export function toColumn(values: Float64Array, digitsMax = 0): Column {
  for (let digits = 0; digits <= digitsMax; digits += 1) {
    const scaled = digits === 0 ? values : scaledUp(values, 10 ** digits);
    const differences = scaled && integerDifferences(scaled);
    if (differences) return { whole: true, digits, planes: planes(bytesOf(differences), 4) };
  }
  return { whole: false, digits: 0, planes: planes(bytesOf(exclusiveOr(values)), 8) };
}

/** The values times the factor, where dividing gives back each bit of them. */
function scaledUp(values: Float64Array, factor: number): Float64Array | undefined {
  const scaled = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    const whole = Math.round(value * factor);
    if (!Object.is(whole / factor, value)) return undefined;
    scaled[i] = whole;
  }
  return scaled;
}

/** `first` is the column's first value, which differences of whole numbers leave out. */
export function fromColumn({ whole, digits, planes: sorted }: Column, first: number): Float64Array {
  if (!whole) return undoExclusiveOr(new Float64Array(unplane(sorted, 8)));
  const factor = 10 ** digits;
  const values = sumDifferences(Math.round(first * factor), new Int32Array(unplane(sorted, 4)));
  return digits === 0 ? values : values.map((value) => value / factor);
}

export function columnWidth(whole: boolean): 4 | 8 {
  return whole ? 4 : 8;
}

/** Differences of whole numbers, where all values are whole and all differences fit 32 bits. */
function integerDifferences(values: Float64Array): Int32Array | undefined {
  const differences = new Int32Array(values.length);
  let previous = values[0] ?? 0;
  if (!Number.isSafeInteger(previous) || Object.is(previous, -0)) return undefined;
  for (let i = 1; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    const difference = value - previous;
    if (!Number.isSafeInteger(value) || Object.is(value, -0) || Math.abs(difference) > INT32_MAX)
      return undefined;
    differences[i] = difference;
    previous = value;
  }
  return differences;
}

function sumDifferences(first: number, differences: Int32Array): Float64Array {
  const values = new Float64Array(differences.length);
  let value = first;
  for (let i = 0; i < differences.length; i += 1) {
    value += differences[i] ?? 0;
    values[i] = value;
  }
  return values;
}

/** Each value's bits against those of the one before: equal values leave zeros, and every NaN keeps its bits. */
function exclusiveOr(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  const from = wordsOf(values);
  const to = wordsOf(out);
  for (let i = 0; i < from.length; i += 1) to[i] = (from[i] ?? 0) ^ (i < 2 ? 0 : (from[i - 2] ?? 0));
  return out;
}

function undoExclusiveOr(mixed: Float64Array): Float64Array {
  const words = wordsOf(mixed);
  for (let i = 2; i < words.length; i += 1) words[i] = (words[i] ?? 0) ^ (words[i - 2] ?? 0);
  return mixed;
}

export function bytesOf(array: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

export function planes(bytes: Uint8Array, width: number): Uint8Array {
  const count = bytes.length / width;
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < count; i += 1)
    for (let b = 0; b < width; b += 1) out[b * count + i] = bytes[i * width + b] ?? 0;
  return out;
}

export function unplane(sorted: Uint8Array, width: number): ArrayBuffer {
  const count = sorted.length / width;
  if (width % 4 === 0) return unplaneWords(sorted, width);
  const out = new Uint8Array(sorted.length);
  for (let i = 0; i < count; i += 1)
    for (let b = 0; b < width; b += 1) out[i * width + b] = sorted[b * count + i] ?? 0;
  return out.buffer;
}

/** Word by word, which is several times as fast. */
function unplaneWords(sorted: Uint8Array, width: number): ArrayBuffer {
  const count = sorted.length / width;
  const stride = width / 4;
  const words = new Int32Array(count * stride);
  for (let part = 0; part < stride; part += 1) {
    const first = part * 4 * count;
    const second = first + count;
    const third = second + count;
    const fourth = third + count;
    for (let i = 0; i < count; i += 1)
      words[i * stride + part] =
        (sorted[first + i] ?? 0) |
        ((sorted[second + i] ?? 0) << 8) |
        ((sorted[third + i] ?? 0) << 16) |
        ((sorted[fourth + i] ?? 0) << 24);
  }
  return words.buffer;
}

/** Inflates to exactly this length; more is never reserved. `damaged` makes the error from what is wrong. */
export function inflateExactly(
  packed: Uint8Array,
  length: number,
  damaged: (what: string, cause?: unknown) => Error,
): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: length });
  } catch (cause) {
    throw damaged('it does not unpack', cause);
  }
  if (bytes.length !== length) throw damaged(`it unpacks to ${bytes.length} bytes instead of ${length}`);
  return bytes;
}
