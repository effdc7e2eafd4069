import { err, ok, type Result } from '../../../shared/error/result.ts';

/**
 * Snappy's block format, written from its description
 * (https://github.com/google/snappy/blob/main/format_description.txt) and for hostile bytes: every length is checked
 * before it is followed, the declared length bounds the work, and what is written must be exactly that long.
 */

const LENGTH_BYTES_MAX = 5;
/** Shorter runs are copied by hand: a call into the engine costs more than sixteen bytes. */
const SHORT = 16;

interface Declared {
  readonly length: number;
  /** Where the first element begins. */
  readonly from: number;
}

/** The length that the block says it has once decoded, or undefined where it begins with none. */
export function declaredLength(block: Uint8Array): number | undefined {
  return declared(block)?.length;
}

/** The first byte that the block decodes to; undefined where it decodes to nothing, or to none that can be read. */
export function firstByte(block: Uint8Array): number | undefined {
  const head = declared(block);
  const tag = head && head.length > 0 ? block[head.from] : undefined;
  if (head === undefined || tag === undefined || (tag & 3) !== 0) return undefined;
  const wide = Math.max(0, (tag >>> 2) + 1 - 60);
  return block[head.from + 1 + wide];
}

function declared(block: Uint8Array): Declared | undefined {
  let length = 0;
  for (let i = 0; i < Math.min(LENGTH_BYTES_MAX, block.length); i += 1) {
    const byte = block[i] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return length <= 0xffff_ffff ? { length, from: i + 1 } : undefined;
  }
  return undefined;
}

/** Decodes a block whose declared length is at most the given one. The error is a clause. */
export function uncompressSnappy(block: Uint8Array, lengthMax: number): Result<Uint8Array, string> {
  const head = declared(block);
  if (!head) return err('it does not begin with a length');
  if (head.length > lengthMax) return err(`it says that it is ${head.length} bytes long`);
  // Its own memory, never a slice of the pool: it is freed as soon as it was read.
  const out = new Uint8Array(head.length);
  const problem = decode(block, head.from, out);
  return problem === undefined ? ok(out) : err(problem);
}

function decode(block: Uint8Array, from: number, out: Uint8Array): string | undefined {
  const end = block.length;
  let at = from;
  let written = 0;
  // Copies of one offset in a row are one long copy: a long repetition is written so, and so is a bomb.
  let run = 0;
  let runOffset = 0;
  while (at < end) {
    const tag = block[at] ?? 0;
    at += 1;
    let length = (tag >>> 2) + 1;
    if ((tag & 3) === 0) {
      if (run > 0) {
        copyBack(out, written, runOffset, run);
        written += run;
        run = 0;
      }
      if (length > 60) {
        const wide = length - 60;
        if (at + wide > end) return 'a literal is cut off';
        length = little(block, at, wide) + 1;
        at += wide;
      }
      if (length > end - at) return 'a literal is cut off';
      if (length > out.length - written) return 'it is longer than it says';
      if (length <= SHORT) for (let i = 0; i < length; i += 1) out[written + i] = block[at + i] ?? 0;
      else out.set(block.subarray(at, at + length), written);
      at += length;
      written += length;
      continue;
    }
    let offset: number;
    if ((tag & 3) === 1) {
      if (at >= end) return 'a copy is cut off';
      length = ((tag >>> 2) & 7) + 4;
      offset = ((tag >>> 5) << 8) | (block[at] ?? 0);
      at += 1;
    } else {
      const wide = (tag & 3) === 2 ? 2 : 4;
      if (at + wide > end) return 'a copy is cut off';
      offset = wide === 2 ? (block[at] ?? 0) | ((block[at + 1] ?? 0) << 8) : little(block, at, wide);
      at += wide;
    }
    if (offset === 0 || offset > written + run) return 'a copy points before the beginning';
    if (length > out.length - written - run) return 'it is longer than it says';
    if (run > 0 && offset !== runOffset) {
      copyBack(out, written, runOffset, run);
      written += run;
      run = 0;
    }
    runOffset = offset;
    run += length;
  }
  copyBack(out, written, runOffset, run);
  return written + run === out.length ? undefined : 'it is shorter than it says';
}

/** Writes what stands so far back again; where that is less than is asked for, it repeats. */
function copyBack(out: Uint8Array, at: number, offset: number, length: number): void {
  if (length <= SHORT) {
    for (let i = 0; i < length; i += 1) out[at + i] = out[at - offset + i] ?? 0;
    return;
  }
  // What is there already counts as source, so that each step is twice as long as the one before.
  for (let done = 0; done < length; ) {
    const step = Math.min(offset + done, length - done);
    out.copyWithin(at + done, at - offset, at - offset + step);
    done += step;
  }
}

/** Little-endian and never negative: a length of four bytes with its highest bit set must not lead backwards. */
function little(block: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let i = 0; i < bytes; i += 1) value += (block[at + i] ?? 0) * 2 ** (8 * i);
  return value;
}
