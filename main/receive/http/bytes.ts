const FIRST = 16 * 1024;

/**
 * Gives the memory of bytes back at once. Left to the collector, the bodies of a second lie about until it looks, and
 * that is how large bodies one after the other would grow a thread which holds one at a time. The bytes are empty after.
 */
export function free(bytes: Uint8Array): void {
  const { buffer } = bytes;
  // A slice of a pool belongs to others as well.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength && !buffer.detached)
    buffer.transfer(0);
}

/** Bytes that come piece by piece, kept in one place: never twice, as joining them at the end would. */
export class Collector {
  private bytes: Uint8Array<ArrayBuffer>;
  private readonly lengthMax: number;
  length = 0;

  /** Room for what is expected is only set aside: the machine gives memory for what is written. */
  constructor(expected: number, lengthMax: number) {
    this.lengthMax = lengthMax;
    this.bytes = new Uint8Array(Math.min(lengthMax, Math.max(FIRST, expected)));
  }

  /** Takes a piece, which is empty after; to be called with no more than `lengthMax` in all. */
  add(piece: Uint8Array): void {
    const needed = this.length + piece.length;
    if (needed > this.bytes.length) {
      const size = Math.min(this.lengthMax, Math.max(needed, this.bytes.length * 2));
      this.bytes = new Uint8Array(this.bytes.buffer.transfer(size));
    }
    this.bytes.set(piece, this.length);
    this.length = needed;
    free(piece);
  }

  /** All of it, alone in its memory, so that it can be freed. */
  take(): Uint8Array {
    const { bytes, length } = this;
    return bytes.length === length ? bytes : new Uint8Array(bytes.buffer.transfer(length));
  }

  drop(): void {
    free(this.bytes);
  }
}
