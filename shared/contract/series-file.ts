import { z } from 'zod';
import { CodedError } from '../error/coded.ts';
import { Labels, type Series } from '../model/metric.ts';
import { Unwatched } from '../model/watch.ts';

const MAGIC = 0x4d57_5332; // "MWS2"
const HEADER_BYTES = 16;

/** Samples over a range, and the spans of it in which nobody watched: no chart may show the one without the other. */
export interface SeriesFile {
  readonly series: readonly Series[];
  readonly unwatched: readonly Unwatched[];
}

/**
 * Series as bytes: magic, length of the JSON head, number of values (each 4 bytes), 4 bytes unused; the head (labels,
 * lengths, unwatched spans) in UTF-8 padded to 8 bytes; then times and values of each series as little-endian float64.
 */
export function encodeSeries({ series, unwatched }: SeriesFile): Uint8Array<ArrayBuffer> {
  const lengths = series.map((one) => ({ labels: one.labels, length: one.times.length }));
  const head = encodeUtf8(JSON.stringify({ series: lengths, unwatched }));
  const headBytes = Math.ceil(head.length / 8) * 8;
  const values = series.reduce((sum, one) => sum + one.times.length * 2, 0);
  const bytes = new Uint8Array(HEADER_BYTES + headBytes + values * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, head.length);
  view.setUint32(8, values);
  bytes.set(head, HEADER_BYTES);
  let offset = HEADER_BYTES + headBytes;
  for (const one of series) {
    new Float64Array(bytes.buffer, offset, one.times.length).set(one.times);
    offset += one.times.length * 8;
    new Float64Array(bytes.buffer, offset, one.values.length).set(one.values);
    offset += one.values.length * 8;
  }
  return bytes;
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
  let offset = HEADER_BYTES + headBytes;
  const series = head.series.map((entry) => {
    const times = new Float64Array(buffer, offset, entry.length);
    const values = new Float64Array(buffer, offset + entry.length * 8, entry.length);
    offset += entry.length * 16;
    return { labels: entry.labels, times, values };
  });
  return { series, unwatched: head.unwatched };
}

const Head = z.object({
  series: z.array(z.object({ labels: Labels, length: z.number().int().nonnegative() })),
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
