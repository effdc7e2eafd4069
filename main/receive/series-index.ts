import { KEY_BYTES_MAX, type SeriesKey } from './series-key.ts';

const PAGE_BYTES = 1024 * 1024;
/** Longer runs of occupied places come of labels that were chosen to collide; they are refused instead of searched. */
const PROBES_MAX = 512;
/** What the labels of a source may take beside each other: a generous series of Kubernetes has 500 bytes. */
const KEY_BYTES_PER_SERIES = 512;
/** Not sent for so long, a series gives its place to another once the source is at its limit. */
const IDLE_MS = 15 * 60_000;
const SWEEP_EVERY_MS = 60_000;
/** A series that the store refused is offered again after this: it may have room by then. */
const REFUSED_FOR_MS = 60_000;

/** What `find` answers where there is no number: nobody knows the series, or the store would not have it. */
export const UNKNOWN = 0;
export const NO_ROOM = -1;

/** A series that waits for its number is answered as a number below `NO_ROOM`; this is its entry. */
export function entryOf(answer: number): number {
  return NO_ROOM - 1 - answer;
}

/**
 * The series of one source and their numbers, looked up by the bytes of their labels; bytes are compared, so two series
 * can never be taken for one. Bounded in series and in bytes; silent series make room.
 */
export class SeriesIndex {
  readonly seriesMax: number;
  private readonly bytesMax: number;
  private table = new Int32Array(1024);
  private pages: Uint8Array[] = [];
  private pageUsed = PAGE_BYTES;
  private bytes = 0;
  private count = 0;
  private hashes = new Int32Array(512);
  private places = new Float64Array(512);
  private lengths = new Uint32Array(512);
  private refs = new Uint32Array(512);
  private seenAt = new Float64Array(512);
  private sweptAt = Number.NEGATIVE_INFINITY;
  /** Changes whenever entries get other places: what was remembered of them before is void. */
  generation = 0;

  constructor(seriesMax: number) {
    this.seriesMax = seriesMax;
    this.bytesMax = seriesMax * KEY_BYTES_PER_SERIES + KEY_BYTES_MAX;
  }

  get size(): number {
    return this.count;
  }

  /**
   * The series' number, `UNKNOWN`, `NO_ROOM`, or what `entryOf` reads. A number and no object: this is asked for each
   * series of each request.
   */
  find(key: SeriesKey, now: number): number {
    const entry = this.lookUp(key);
    if (entry < 0) return UNKNOWN;
    const ref = this.refs[entry] ?? 0;
    if (ref === REFUSED) {
      if (now - (this.seenAt[entry] ?? 0) < REFUSED_FOR_MS) return NO_ROOM;
      this.refs[entry] = 0;
    }
    this.seenAt[entry] = now;
    return ref === 0 || ref === REFUSED ? NO_ROOM - 1 - entry : ref;
  }

  /** Makes a place for a series that is not known. The answer is its entry, or why it gets none. */
  add(key: SeriesKey, now: number): number | string {
    if (this.count >= this.seriesMax && !this.sweep(now))
      return `over this source's limit of ${this.seriesMax} series`;
    if (this.bytes + key.length > this.bytesMax && !this.sweep(now))
      return `labels of this source take more than ${this.bytesMax} bytes`;
    if ((this.count + 1) * 2 > this.table.length) this.rehash(this.table.length * 2);
    const slot = this.freeSlot(key.hash);
    if (slot < 0) return 'labels that collide with too many others';
    const entry = this.count;
    if (entry >= this.hashes.length) this.widen();
    this.places[entry] = this.keep(key.bytes.subarray(0, key.length));
    this.hashes[entry] = key.hash;
    this.lengths[entry] = key.length;
    this.refs[entry] = 0;
    this.seenAt[entry] = now;
    this.table[slot] = entry + 1;
    this.count += 1;
    this.bytes += key.length;
    return entry;
  }

  /** The store's answer for an entry of this generation: its number, or 0 where it was refused. */
  learn(entry: number, ref: number, now: number): void {
    if (entry >= this.count) return;
    this.refs[entry] = ref === 0 ? REFUSED : ref;
    if (ref === 0) this.seenAt[entry] = now;
  }

  private lookUp(key: SeriesKey): number {
    const mask = this.table.length - 1;
    let slot = mix(key.hash) & mask;
    for (let probes = 0; probes < PROBES_MAX; probes += 1) {
      const entry = (this.table[slot] ?? 0) - 1;
      if (entry < 0) return -1;
      if (this.hashes[entry] === key.hash && this.same(entry, key)) return entry;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private same(entry: number, key: SeriesKey): boolean {
    const { length } = key;
    if (this.lengths[entry] !== length) return false;
    const place = this.places[entry] ?? 0;
    const page = this.pages[Math.floor(place / PAGE_BYTES)];
    const at = place % PAGE_BYTES;
    if (!page) return false;
    const { bytes } = key;
    for (let i = 0; i < length; i += 1) if (page[at + i] !== bytes[i]) return false;
    return true;
  }

  private freeSlot(hash: number): number {
    const mask = this.table.length - 1;
    let slot = mix(hash) & mask;
    for (let probes = 0; probes < PROBES_MAX; probes += 1) {
      if (this.table[slot] === 0) return slot;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private keep(bytes: Uint8Array): number {
    if (this.pageUsed + bytes.length > PAGE_BYTES) {
      this.pages.push(new Uint8Array(PAGE_BYTES));
      this.pageUsed = 0;
    }
    const page = this.pages.length - 1;
    this.pages[page]?.set(bytes, this.pageUsed);
    const place = page * PAGE_BYTES + this.pageUsed;
    this.pageUsed += bytes.length;
    return place;
  }

  private rehash(size: number): void {
    this.table = new Int32Array(size);
    for (let entry = 0; entry < this.count; entry += 1) {
      const slot = this.freeSlot(this.hashes[entry] ?? 0);
      if (slot >= 0) this.table[slot] = entry + 1;
    }
  }

  private widen(): void {
    const size = this.hashes.length * 2;
    this.hashes = wider(this.hashes, new Int32Array(size));
    this.places = wider(this.places, new Float64Array(size));
    this.lengths = wider(this.lengths, new Uint32Array(size));
    this.refs = wider(this.refs, new Uint32Array(size));
    this.seenAt = wider(this.seenAt, new Float64Array(size));
  }

  /** Lets silent series go; answers whether there is room now. */
  private sweep(now: number): boolean {
    if (now - this.sweptAt < SWEEP_EVERY_MS) return false;
    this.sweptAt = now;
    const live: number[] = [];
    for (let entry = 0; entry < this.count; entry += 1)
      if (now - (this.seenAt[entry] ?? 0) < IDLE_MS) live.push(entry);
    if (live.length === this.count) return false;
    const { pages, places, lengths } = this;
    this.pages = [];
    this.pageUsed = PAGE_BYTES;
    this.bytes = 0;
    live.forEach((from, to) => {
      const place = places[from] ?? 0;
      const page = pages[Math.floor(place / PAGE_BYTES)] ?? new Uint8Array(0);
      const length = lengths[from] ?? 0;
      const at = place % PAGE_BYTES;
      this.hashes[to] = this.hashes[from] ?? 0;
      this.refs[to] = this.refs[from] ?? 0;
      this.seenAt[to] = this.seenAt[from] ?? 0;
      this.lengths[to] = length;
      this.places[to] = this.keep(page.subarray(at, at + length));
      this.bytes += length;
    });
    this.count = live.length;
    this.rehash(this.table.length);
    this.generation += 1;
    return true;
  }
}

/** No series has this number: the store counts up from 1. */
const REFUSED = 0xffff_ffff;

/** Spreads the hash over its low bits, which choose the place (the last steps of MurmurHash3). */
function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85eb_ca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2_ae35);
  return h ^ (h >>> 16);
}

function wider<T extends Int32Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
