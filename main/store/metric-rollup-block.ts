import { deflateRawSync } from 'node:zlib';
import { CodedError } from '../../shared/error/coded.ts';
import { columnWidth, fromColumn, inflateExactly, toColumn } from './metric-column.ts';
import { mapColumns, ROLLUP_COLUMNS, type Rollup } from './metric-rollup.ts';

/**
 * How the buckets of one series are written:
 *
 *     byte 0      version (1)
 *     bytes 1–2   one bit a column: whole numbers
 *     bytes 3–4   number of buckets, little-endian
 *     the rest    deflated: each column's first value, then its planes
 *
 * The times of first and last values are written as their distance to the bucket's end, which hardly changes.
 */
const VERSION = 1;
const HEADER_BYTES = 5;
const BUCKETS_MAX = 4_096;
const DEFLATE = { level: 6, windowBits: 14, memLevel: 6 };

export function encodeRollup(rollup: Rollup): Uint8Array {
  const count = rollup.ends.length;
  if (count === 0 || count > BUCKETS_MAX) throw new Error(`A block of ${count} buckets cannot be written.`);
  const parts: Uint8Array[] = [];
  let flags = 0;
  for (const [index, name] of ROLLUP_COLUMNS.entries()) {
    const values = toStored(name, rollup);
    const column = toColumn(values);
    if (column.whole) flags |= 1 << index;
    parts.push(new Uint8Array(values.slice(0, 1).buffer), column.planes);
  }
  const packed = deflateRawSync(Buffer.concat(parts), DEFLATE);
  const block = new Uint8Array(HEADER_BYTES + packed.length);
  const view = new DataView(block.buffer);
  block[0] = VERSION;
  view.setUint16(1, flags, true);
  view.setUint16(3, count, true);
  block.set(packed, HEADER_BYTES);
  return block;
}

/** Throws the code `chunk-damaged` where the bytes are not a block that we wrote. */
export function decodeRollup(block: Uint8Array): Rollup {
  if (block.length <= HEADER_BYTES || block[0] !== VERSION) throw damaged('its header is not one of ours');
  const view = new DataView(block.buffer, block.byteOffset, block.length);
  const flags = view.getUint16(1, true);
  const count = view.getUint16(3, true);
  if (count === 0 || count > BUCKETS_MAX) throw damaged(`it claims ${count} buckets`);
  const isWhole = (index: number) => (flags & (1 << index)) !== 0;
  const sizes = ROLLUP_COLUMNS.map((_name, index) => 8 + count * columnWidth(isWhole(index)));
  const length = sizes.reduce((sum, size) => sum + size, 0);
  const bytes = inflateExactly(block.subarray(HEADER_BYTES), length, damaged);
  const columns = new Map<keyof Rollup, Float64Array>();
  let offset = 0;
  for (const [index, name] of ROLLUP_COLUMNS.entries()) {
    const part = bytes.subarray(offset, offset + (sizes[index] ?? 0));
    offset += part.length;
    const first = new Float64Array(new Uint8Array(part.subarray(0, 8)).buffer)[0] ?? 0;
    columns.set(name, fromColumn({ whole: isWhole(index), digits: 0, planes: part.subarray(8) }, first));
  }
  const ends = columns.get('ends') ?? new Float64Array(count);
  return mapColumns((name) => {
    const values = columns.get(name) ?? new Float64Array(count);
    return isTime(name) ? values.map((before, i) => (ends[i] ?? 0) - before) : values;
  });
}

function isTime(name: keyof Rollup): boolean {
  return name === 'firstAt' || name === 'lastAt';
}

function toStored(name: keyof Rollup, rollup: Rollup): Float64Array {
  return isTime(name) ? rollup[name].map((at, i) => (rollup.ends[i] ?? 0) - at) : rollup[name];
}

function damaged(what: string, cause?: unknown): CodedError<'chunk-damaged'> {
  return new CodedError(
    'chunk-damaged',
    `Rolled-up samples in metrics.db are damaged: ${what}. They are lost; what is newer goes on.`,
    { cause },
  );
}
