/** Bytes that are no protocol buffers message. Caught where a body's decoding began. */
export class MalformedError extends Error {}

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;
/** Fields are numbered from 1, above the three bits of their type. */
const FIRST_TAG = 1 << 3;
const NUMBER_0 = 'a field has the number 0';

/** Why no message begins with this byte; undefined where one may. What is refused by it need not be decoded at all. */
export function whyNoBeginning(byte: number): string | undefined {
  return byte < FIRST_TAG ? NUMBER_0 : undefined;
}

/**
 * Reads the wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding/) in place: no message is
 * made of what is only looked at once, which is what lets a hundred thousand series be read in a fraction of a second.
 * Throws `MalformedError`; never reads outside what it was given.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  at: number;
  end: number;
  private fieldsLeft: number;

  /** Millions of empty fields fit into a body; past `fieldsMax` it is refused instead of read to its end. */
  constructor(bytes: Uint8Array, fieldsMax: number) {
    this.bytes = bytes;
    this.fieldsLeft = fieldsMax;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
    this.end = bytes.length;
  }

  /** The next field's number and wire type. */
  tag(): number {
    this.fieldsLeft -= 1;
    if (this.fieldsLeft < 0) throw new MalformedError('it has more fields than any honest request');
    const tag = this.uint32();
    if (tag < FIRST_TAG) throw new MalformedError(NUMBER_0);
    return tag;
  }

  /** An unsigned number of at most 32 bits: lengths, references. */
  uint32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.at >= this.end) throw new MalformedError('a number is cut off');
      const byte = this.bytes[this.at] ?? 0;
      this.at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw new MalformedError('a number is too large');
  }

  /** A signed number of 64 bits as a double: exact within ±2^53, which holds every time in milliseconds. */
  int64(): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; i += 1) {
      if (this.at >= this.end) throw new MalformedError('a number is cut off');
      const byte = this.bytes[this.at] ?? 0;
      this.at += 1;
      if (i < 4) low += (byte & 0x7f) * 2 ** (7 * i);
      else high += (byte & 0x7f) * 2 ** (7 * (i - 4));
      if (byte < 0x80) {
        const signed = high >= 2 ** 35 ? high - 2 ** 36 : high;
        return signed * 2 ** 28 + low;
      }
    }
    throw new MalformedError('a number is too long');
  }

  /** The next eight bytes as two words, the low one first: a NaN that becomes a number may lose its bits. */
  fixed64(into: Uint32Array): void {
    if (this.at + 8 > this.end) throw new MalformedError('a value is cut off');
    into[0] = this.view.getUint32(this.at, true);
    into[1] = this.view.getUint32(this.at + 4, true);
    this.at += 8;
  }

  /** Where the bytes end whose length comes next; `at` is where they begin. */
  bytesEnd(): number {
    const length = this.uint32();
    if (length > this.end - this.at) throw new MalformedError('a field is longer than its message');
    return this.at + length;
  }

  skip(wireType: number): void {
    if (wireType === BYTES) this.at = this.bytesEnd();
    else if (wireType === FIXED64) this.at += 8;
    else if (wireType === FIXED32) this.at += 4;
    else if (wireType === VARINT) this.int64();
    // Groups are gone from the language; nothing that is received here has ever had one.
    else throw new MalformedError('a field has an unknown wire type');
    if (this.at > this.end) throw new MalformedError('a field is cut off');
  }
}
