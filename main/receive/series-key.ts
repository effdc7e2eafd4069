/** Between a name and its value, and after it. No UTF-8 text holds this byte, so no label can forge a boundary. */
const BOUNDARY = 0xff;
const PRIME = 0x0100_0193;
const NAME_BYTES_MAX = 512;
/** All labels of one series together: one series must not take a page of the cache. */
export const KEY_BYTES_MAX = 64 * 1024;
export const NO_LABELS = 'no labels';

export interface KeyLimits {
  readonly labelsMax: number;
  readonly labelBytesMax: number;
}

/**
 * The labels of one series as bytes, names ascending, made again and again in the same memory: what a series is looked
 * up by before a single string of it exists. `problem` says why it is no series.
 */
export class SeriesKey {
  private readonly limits: KeyLimits;
  private readonly seed: number;
  private scratch = new Uint8Array(4096);
  /** Name's begin, value's begin, end of each label. */
  private marks: number[] = [];
  private sorted = true;
  private added = 0;
  bytes: Uint8Array = this.scratch;
  length = 0;
  hash = 0;
  problem: string | null = null;

  /** The seed keeps a sender from choosing labels that all fall on one place of the table. */
  constructor(limits: KeyLimits, seed: number) {
    this.limits = limits;
    this.seed = seed;
  }

  begin(): void {
    this.bytes = this.scratch;
    this.length = 0;
    this.hash = this.seed;
    this.marks.length = 0;
    this.sorted = true;
    this.added = 0;
    this.problem = null;
  }

  /** Adds one label. A label with an empty value is absent, as in Prometheus. */
  add(
    from: Uint8Array,
    nameAt: number,
    nameEnd: number,
    valueFrom: Uint8Array,
    valueAt: number,
    valueEnd: number,
  ): void {
    if (this.problem !== null) return;
    const { labelsMax, labelBytesMax } = this.limits;
    this.added += 1;
    if (this.added > labelsMax) this.problem = `more than ${labelsMax} labels`;
    if (this.problem !== null || valueAt === valueEnd) return;
    const size = nameEnd - nameAt + (valueEnd - valueAt) + 2;
    if (nameAt === nameEnd) this.problem = 'a label without a name';
    else if (nameEnd - nameAt > NAME_BYTES_MAX)
      this.problem = `a label name longer than ${NAME_BYTES_MAX} bytes`;
    else if (valueEnd - valueAt > labelBytesMax)
      this.problem = `a label value longer than ${labelBytesMax} bytes`;
    else if (this.length + size > KEY_BYTES_MAX)
      this.problem = `labels longer than ${KEY_BYTES_MAX} bytes together`;
    if (this.problem !== null) return;
    if (this.length + size > this.scratch.length) this.grow(this.length + size);
    const begin = this.length;
    this.copy(from, nameAt, nameEnd);
    const value = this.length;
    this.copy(valueFrom, valueAt, valueEnd);
    if (this.sorted && this.marks.length > 0)
      this.sorted = this.compareNames(this.marks.length - 3, begin) < 0;
    this.marks.push(begin, value, this.length);
  }

  /** To be called once all labels are added. */
  finish(): void {
    if (this.problem !== null) return;
    if (this.marks.length === 0) this.problem = NO_LABELS;
    else if (!this.sorted) this.sort();
  }

  /** The labels as text, or undefined where they are no UTF-8. */
  labels(): Record<string, string> | undefined {
    // No prototype: a label may be called `constructor`.
    const labels: Record<string, string> = Object.create(null);
    const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    try {
      for (let begin = 0; begin < this.length; ) {
        const nameEnd = this.bytes.indexOf(BOUNDARY, begin);
        const valueEnd = this.bytes.indexOf(BOUNDARY, nameEnd + 1);
        const name = utf8.decode(this.bytes.subarray(begin, nameEnd));
        labels[name] = utf8.decode(this.bytes.subarray(nameEnd + 1, valueEnd));
        begin = valueEnd + 1;
      }
      return labels;
    } catch {
      // `fatal` has no other way to say that a text is no UTF-8.
      return undefined;
    }
  }

  private copy(from: Uint8Array, at: number, end: number): void {
    const { scratch } = this;
    let { hash, length } = this;
    let foul = false;
    for (let i = at; i < end; i += 1) {
      const byte = from[i] ?? 0;
      if (byte === BOUNDARY) foul = true;
      scratch[length] = byte;
      length += 1;
      hash = Math.imul(hash ^ byte, PRIME);
    }
    scratch[length] = BOUNDARY;
    this.length = length + 1;
    this.hash = Math.imul(hash ^ BOUNDARY, PRIME);
    if (foul) this.problem = 'a label that is no UTF-8';
  }

  private grow(needed: number): void {
    const wider = new Uint8Array(Math.max(needed, this.scratch.length * 2));
    wider.set(this.scratch.subarray(0, this.length));
    this.scratch = wider;
    this.bytes = wider;
  }

  /** Compares the name at a mark with the one that begins at the given place; both end with the boundary. */
  private compareNames(mark: number, begin: number): number {
    let left = this.marks[mark] ?? 0;
    let right = begin;
    for (;;) {
      const a = this.scratch[left] ?? 0;
      const b = this.scratch[right] ?? 0;
      if (a !== b) return a === BOUNDARY ? -1 : b === BOUNDARY ? 1 : a - b;
      if (a === BOUNDARY) return 0;
      left += 1;
      right += 1;
    }
  }

  /** A sender must sort its labels; one that does not is understood all the same, only more slowly. */
  private sort(): void {
    const order = Array.from({ length: this.marks.length / 3 }, (_, index) => index * 3);
    order.sort((a, b) => this.compareNames(a, this.marks[b] ?? 0));
    const again = new Uint8Array(this.length);
    let length = 0;
    let previous = -1;
    for (const mark of order) {
      if (previous >= 0 && this.compareNames(previous, this.marks[mark] ?? 0) === 0) {
        this.problem = 'the same label name twice';
        return;
      }
      previous = mark;
      const label = this.scratch.subarray(this.marks[mark] ?? 0, this.marks[mark + 2] ?? 0);
      again.set(label, length);
      length += label.length;
    }
    this.bytes = again;
    this.hash = this.seed;
    for (const byte of again) this.hash = Math.imul(this.hash ^ byte, PRIME);
  }
}
