import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { CodedError } from '../../shared/error/coded.ts';
import { wordsOf } from './metric-stale.ts';

/** Samples of one series as two arrays of the same length; times ascend strictly. */
export interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/**
 * How a chunk is written: differences in typed arrays, their bytes sorted into planes (all first bytes, then all second
 * ones, …), deflated. Regular scrapes and slow counters leave long runs of zeros, which deflate swallows at the speed of C;
 * a bit-wise codec would be smaller but slower in this language, and the version byte leaves room for one.
 *
 *     byte 0      version (1)
 *     byte 1      bit 0: times as raw doubles; bit 1: values as integer differences
 *     bytes 2–5   number of samples, little-endian
 *     the rest    deflated: 16 bytes of first time and first value, then the planes
 */
const VERSION = 1;
const RAW_TIMES = 1;
const INTEGER_VALUES = 2;
const HEADER_BYTES = 6;
/** A chunk that claims more is damaged; it must not make us reserve memory. */
const SAMPLES_MAX = 1 << 20;
const INT32_MAX = 0x7fff_ffff;
/** A chunk is a few kilobytes: the default tables of 256 KiB would cost more to clear than to use. */
const DEFLATE = { level: 3, windowBits: 13, memLevel: 5 };

export function encodeChunk({ times, values }: Samples): Uint8Array {
  const count = times.length;
  if (count === 0 || count > SAMPLES_MAX || values.length !== count)
    throw new Error(`A chunk of ${count} times and ${values.length} values cannot be written.`);
  const steps = timeSteps(times);
  const differences = integerDifferences(values);
  const first = new Float64Array(2);
  first[0] = times[0] ?? 0;
  first.set(values.subarray(0, 1), 1);
  const parts = [
    new Uint8Array(first.buffer),
    steps ? planes(bytesOf(steps), 4) : planes(bytesOf(times), 8),
    differences ? planes(bytesOf(differences), 4) : planes(bytesOf(exclusiveOr(values)), 8),
  ];
  const packed = deflateRawSync(Buffer.concat(parts), DEFLATE);
  const chunk = new Uint8Array(HEADER_BYTES + packed.length);
  chunk[0] = VERSION;
  chunk[1] = (steps ? 0 : RAW_TIMES) | (differences ? INTEGER_VALUES : 0);
  new DataView(chunk.buffer).setUint32(2, count, true);
  chunk.set(packed, HEADER_BYTES);
  return chunk;
}

/** Throws the code `chunk-damaged` where the bytes are not a chunk that we wrote. */
export function decodeChunk(chunk: Uint8Array): Samples {
  if (chunk.length <= HEADER_BYTES || chunk[0] !== VERSION) throw damaged('its header is not one of ours');
  const flags = chunk[1] ?? 0;
  const count = new DataView(chunk.buffer, chunk.byteOffset).getUint32(2, true);
  if (count === 0 || count > SAMPLES_MAX) throw damaged(`it claims ${count} samples`);
  const timeWidth = flags & RAW_TIMES ? 8 : 4;
  const valueWidth = flags & INTEGER_VALUES ? 4 : 8;
  const length = 16 + count * (timeWidth + valueWidth);
  const bytes = inflate(chunk.subarray(HEADER_BYTES), length);
  const first = new Float64Array(new Uint8Array(bytes.subarray(0, 16)).buffer);
  const timeBytes = unplane(bytes.subarray(16, 16 + count * timeWidth), timeWidth);
  const valueBytes = unplane(bytes.subarray(16 + count * timeWidth), valueWidth);
  return {
    times: timeWidth === 8 ? new Float64Array(timeBytes) : sumSteps(first[0] ?? 0, new Int32Array(timeBytes)),
    values:
      valueWidth === 8
        ? undoExclusiveOr(new Float64Array(valueBytes))
        : sumDifferences(first[1] ?? 0, new Int32Array(valueBytes)),
  };
}

function inflate(packed: Uint8Array, length: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = inflateRawSync(packed, { maxOutputLength: length });
  } catch (cause) {
    throw damaged('it does not unpack', cause);
  }
  if (bytes.length !== length) throw damaged(`it unpacks to ${bytes.length} bytes instead of ${length}`);
  return bytes;
}

function damaged(what: string, cause?: unknown): CodedError<'chunk-damaged'> {
  return new CodedError(
    'chunk-damaged',
    `A chunk of samples in metrics.db is damaged: ${what}. Its samples are lost; the cache can be deleted and fills again.`,
    { cause },
  );
}

/** Second differences of the times, where all fit 32 bits. */
function timeSteps(times: Float64Array): Int32Array | undefined {
  const steps = new Int32Array(times.length);
  let previous = times[0] ?? 0;
  let step = 0;
  for (let i = 1; i < times.length; i += 1) {
    const time = times[i] ?? 0;
    const change = time - previous - step;
    if (!Number.isSafeInteger(time) || Math.abs(change) > INT32_MAX) return undefined;
    steps[i] = change;
    step = time - previous;
    previous = time;
  }
  return Number.isSafeInteger(times[0]) ? steps : undefined;
}

function sumSteps(first: number, steps: Int32Array): Float64Array {
  const times = new Float64Array(steps.length);
  let time = first;
  let step = 0;
  times[0] = first;
  for (let i = 1; i < steps.length; i += 1) {
    step += steps[i] ?? 0;
    time += step;
    times[i] = time;
  }
  return times;
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

function bytesOf(array: Int32Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function planes(bytes: Uint8Array, width: number): Uint8Array {
  const count = bytes.length / width;
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < count; i += 1)
    for (let b = 0; b < width; b += 1) out[b * count + i] = bytes[i * width + b] ?? 0;
  return out;
}

function unplane(sorted: Uint8Array, width: number): ArrayBuffer {
  const count = sorted.length / width;
  const out = new Uint8Array(sorted.length);
  for (let i = 0; i < count; i += 1)
    for (let b = 0; b < width; b += 1) out[i * width + b] = sorted[b * count + i] ?? 0;
  return out.buffer;
}
