import { z } from 'zod';
import { CodedError } from '../error/coded.ts';
import { Labels, type Series } from '../model/metric.ts';
import { Unwatched } from '../model/watch.ts';

const MAGIC = 0x4d57_5333; // "MWS3"
const HEADER_BYTES = 16;

/** Samples over a range, and the spans of it in which nobody watched: no chart may show the one without the other. */
export interface SeriesFile {
  readonly series: readonly Series[];
  readonly unwatched: readonly Unwatched[];
}

/** How a series' samples are written. Times at one distance, as all answers of a range have them, are said and not written. */
interface Layout {
  readonly length: number;
  readonly every?: { readonly fromAt: number; readonly stepMs: number };
}

/**
 * Series as bytes: magic, length of the JSON head, number of values (each 4 bytes), 4 bytes unused; the head (labels,
 * lengths, distances, unwatched spans) in UTF-8 padded to 8 bytes; then of each series its times, unless they lie at one
 * distance, and its values as little-endian float64.
 */
export function encodeSeries({ series, unwatched }: SeriesFile): Uint8Array<ArrayBuffer> {
  const layouts = series.map(layoutOf);
  const entries = series.map(({ labels }, at) => ({ labels, ...layouts[at] }));
  const head = encodeUtf8(JSON.stringify({ series: entries, unwatched }));
  const headBytes = Math.ceil(head.length / 8) * 8;
  const values = layouts.reduce((sum, { length, every }) => sum + (every ? length : length * 2), 0);
  const bytes = new Uint8Array(HEADER_BYTES + headBytes + values * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, head.length);
  view.setUint32(8, values);
  bytes.set(head, HEADER_BYTES);
  let offset = HEADER_BYTES + headBytes;
  const write = (column: Float64Array) => {
    new Float64Array(bytes.buffer, offset, column.length).set(column);
    offset += column.length * 8;
  };
  for (const [at, one] of series.entries()) {
    if (!layouts[at]?.every) write(one.times);
    write(one.values);
  }
  return bytes;
}

function layoutOf({ times }: Series): Layout {
  const { length } = times;
  const [fromAt = 0, second = fromAt] = times;
  const stepMs = second - fromAt;
  for (let i = 0; i < length; i += 1) if (times[i] !== fromAt + i * stepMs) return { length };
  return { length, every: { fromAt, stepMs } };
}

/** Reads what `encodeSeries` wrote; throws `series-file-damaged` on anything else. */
export function decodeSeries(buffer: ArrayBuffer): SeriesFile {
  const view = new DataView(buffer);
  if (buffer.byteLength < HEADER_BYTES || view.getUint32(0) !== MAGIC)
    throw damaged('it does not begin as a series file');
  const headLength = view.getUint32(4);
  const headBytes = Math.ceil(headLength / 8) * 8;
  if (HEADER_BYTES + headBytes + view.getUint32(8) * 8 !== buffer.byteLength)
    throw damaged('its length does not fit its head');
  const head = readHead(decodeUtf8(new Uint8Array(buffer, HEADER_BYTES, headLength)));
  const expected = head.series.reduce((sum, { length, every }) => sum + (every ? length : length * 2), 0);
  if (expected !== view.getUint32(8)) throw damaged('its samples do not fit its head');
  let offset = HEADER_BYTES + headBytes;
  const next = (length: number) => {
    const column = new Float64Array(buffer, offset, length);
    offset += length * 8;
    return column;
  };
  const timesAt = createTimes();
  const series = head.series.map(({ labels, length, every }) => {
    const times = every ? timesAt(every.fromAt, every.stepMs, length) : next(length);
    return { labels, times, values: next(length) };
  });
  return { series, unwatched: head.unwatched };
}

/** Series of one beginning and distance share their times: ten thousand of them would else take as much room as the values. */
function createTimes() {
  const known = new Map<string, Float64Array>();
  return (fromAt: number, stepMs: number, length: number): Float64Array => {
    const key = `${fromAt} ${stepMs}`;
    const found = known.get(key);
    if (found && found.length >= length) return found.subarray(0, length);
    const times = Float64Array.from({ length }, (_, i) => fromAt + i * stepMs);
    known.set(key, times);
    return times;
  };
}

const Head = z.object({
  series: z.array(
    z.object({
      labels: Labels,
      length: z.number().int().nonnegative(),
      every: z.object({ fromAt: z.number(), stepMs: z.number() }).optional(),
    }),
  ),
  unwatched: z.array(Unwatched),
});

function readHead(text: string): z.infer<typeof Head> {
  const head = Head.safeParse(JSON.parse(text));
  if (!head.success) throw damaged('its head is not what it should be');
  return head.data;
}

function damaged(why: string): CodedError<'series-file-damaged'> {
  return new CodedError('series-file-damaged', `The series could not be read: ${why}. Ask for them again.`);
}

// Node, browsers and their workers have the Encoding Standard alike; neither's types are known here.
declare const TextEncoder: { new (): { encode(text: string): Uint8Array } };
declare const TextDecoder: {
  new (label: 'utf-8', options: { readonly fatal: true }): { decode(bytes: Uint8Array): string };
};

/** Lone surrogates become U+FFFD. */
function encodeUtf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
