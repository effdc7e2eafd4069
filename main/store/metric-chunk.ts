import { deflateRawSync } from 'node:zlib';
import { CodedError } from '../../shared/error/coded.ts';
import {
  bytesOf,
  columnWidth,
  DIGITS_MAX,
  fromColumn,
  inflateExactly,
  planes,
  toColumn,
  unplane,
} from './metric-column.ts';

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
 *     byte 1      bit 0: times as raw doubles; bit 1: values as integer differences,
 *                 bits 2–4: of the values times ten to this power
 *     bytes 2–5   number of samples, little-endian
 *     the rest    deflated: 16 bytes of first time and first value, then the planes
 */
const VERSION = 1;
const RAW_TIMES = 1;
const INTEGER_VALUES = 2;
const DIGITS_SHIFT = 2;
const DIGITS_MASK = 7;
const HEADER_BYTES = 6;
/** A chunk that claims more is damaged; it must not make us reserve memory. */
const SAMPLES_MAX = 1 << 20;
const INT32_MAX = 0x7fff_ffff;
/** A chunk is a few kilobytes: the default tables of 256 KiB would cost more to clear than to use. */
const DEFLATE = { level: 6, windowBits: 13, memLevel: 5 };

export function encodeChunk({ times, values }: Samples): Uint8Array {
  const count = times.length;
  if (count === 0 || count > SAMPLES_MAX || values.length !== count)
    throw new Error(`A chunk of ${count} times and ${values.length} values cannot be written.`);
  const steps = timeSteps(times);
  const column = toColumn(values, DIGITS_MAX);
  const first = new Float64Array(2);
  first[0] = times[0] ?? 0;
  first.set(values.subarray(0, 1), 1);
  const parts = [
    new Uint8Array(first.buffer),
    steps ? planes(bytesOf(steps), 4) : planes(bytesOf(times), 8),
    column.planes,
  ];
  const packed = deflateRawSync(Buffer.concat(parts), DEFLATE);
  const chunk = new Uint8Array(HEADER_BYTES + packed.length);
  chunk[0] = VERSION;
  chunk[1] = (steps ? 0 : RAW_TIMES) | (column.whole ? INTEGER_VALUES : 0) | (column.digits << DIGITS_SHIFT);
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
  const whole = (flags & INTEGER_VALUES) !== 0;
  const digits = (flags >> DIGITS_SHIFT) & DIGITS_MASK;
  const valueWidth = columnWidth(whole);
  const length = 16 + count * (timeWidth + valueWidth);
  const bytes = inflateExactly(chunk.subarray(HEADER_BYTES), length, damaged);
  const first = new Float64Array(new Uint8Array(bytes.subarray(0, 16)).buffer);
  const timeBytes = unplane(bytes.subarray(16, 16 + count * timeWidth), timeWidth);
  return {
    times: timeWidth === 8 ? new Float64Array(timeBytes) : sumSteps(first[0] ?? 0, new Int32Array(timeBytes)),
    values: fromColumn({ whole, digits, planes: bytes.subarray(16 + count * timeWidth) }, first[1] ?? 0),
  };
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
