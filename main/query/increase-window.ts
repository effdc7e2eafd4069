import type { Matcher, MetricReader, PastChange, StoredSeries } from '../store/index.ts';
import type { PlainSeries } from './context.ts';
import { IncreaseCursor } from './increase-cursor.ts';
import { KahanSum } from './kahan.ts';
import { SEEN_WITHIN_MS } from './new-series.ts';
import { withoutStale } from './select.ts';

/** Where a window begins: so long before the instant, or at a fixed one. */
export type Span = { readonly windowMs: number } | { readonly fromAt: number };

/** What all windows over one selector share. */
export interface FeedParts {
  readonly reader: MetricReader;
  readonly matchers: readonly Matcher[];
  /** Prometheus 2's windows are closed at their start too. */
  readonly edgeMs: 0 | 1;
  /** Gives a series that is new the zero that it was born with; null where series do not count from 0. */
  readonly born: ((series: PlainSeries) => PlainSeries) | null;
}

/** What changed in the past since the last step: by series, and between which instants at all. */
export interface Changes {
  readonly byRef: ReadonlyMap<number, readonly PastChange[]>;
  readonly fromAt: number;
  readonly toAt: number;
}

interface Carried {
  readonly cursor: IncreaseCursor;
  /** Its first sample, where that was the first ever and so may count from 0. */
  readonly youngAt: number | null;
}

/** Above so many series that changed at once, all are counted anew a slice at a time. */
const REREAD_MAX = 20;
const FIRST_SLICE_MS = 3_600_000;
/** Samples in a slice, about: some milliseconds of work. */
const SLICE_SAMPLES = 100_000;

/** One window over all series of a selector: a cursor each, built up slice by slice and then moved on by what is new. */
export class IncreaseWindow {
  readonly span: Span;
  askedAt = Number.NEGATIVE_INFINITY;
  private readonly parts: FeedParts;
  private readonly carried = new Map<number, Carried>();
  private order: readonly number[] | null = null;
  /** All samples up to here are in; null once it is built and follows what is new. */
  private builtTo: number | null = Number.NEGATIVE_INFINITY;
  private sliceMs = FIRST_SLICE_MS;
  private openStartAt = Number.NEGATIVE_INFINITY;

  constructor(parts: FeedParts, span: Span) {
    this.parts = parts;
    this.span = span;
  }

  isBuilt(): boolean {
    return this.builtTo === null;
  }

  startAt(at: number): number {
    return 'fromAt' in this.span ? this.span.fromAt : at - this.span.windowMs;
  }

  /** After which instant it needs samples of a series. */
  needsAfter(ref: number): number {
    return this.carried.get(ref)?.cursor.lastAt() ?? this.openStartAt;
  }

  clear(): void {
    this.carried.clear();
    this.order = null;
    this.builtTo = Number.NEGATIVE_INFINITY;
    this.sliceMs = FIRST_SLICE_MS;
  }

  /** Reads the past in slices until all of it is in or time is up. */
  build(at: number, isLate: () => boolean): void {
    const { reader, matchers } = this.parts;
    if (this.builtTo === Number.NEGATIVE_INFINITY) {
      this.move(at);
      this.builtTo = this.openStartAt;
    }
    while (this.builtTo !== null && !isLate()) {
      const toAt = Math.min(at, this.builtTo + this.sliceMs);
      const fromAtOf = (ref: number) => this.needsAfter(ref);
      const found = reader.select(matchers, this.openStartAt, toAt, { fromAtOf });
      for (const series of found) this.take(series);
      const samples = found.reduce((sum, one) => sum + one.times.length, 0);
      if (samples < SLICE_SAMPLES / 2) this.sliceMs *= 2;
      else if (samples > SLICE_SAMPLES * 2) this.sliceMs = Math.max(1, this.sliceMs / 2);
      this.builtTo = toAt >= at ? null : toAt;
    }
  }

  /** The far end moves on; what `take` brings next is measured against it. */
  move(at: number): void {
    this.openStartAt = this.startAt(at) - this.parts.edgeMs;
  }

  /** Samples of one series; those that it has are passed over. */
  take(series: StoredSeries): void {
    const { openStartAt } = this;
    const plain = withoutStale(series);
    const known = this.carried.get(series.ref);
    if (known && !known.cursor.isEmpty()) {
      enterAll(known.cursor, plain, openStartAt);
      return;
    }
    const inside = plain.times.findIndex((at) => at > openStartAt);
    if (inside < 0) return;
    const first = { ...plain, times: plain.times.subarray(inside), values: plain.values.subarray(inside) };
    const isYoung = first.times[0] === series.firstAt && (first.values[0] ?? 0) > 0;
    const cursor = new IncreaseCursor();
    enterAll(cursor, isYoung && this.parts.born ? this.parts.born(first) : first, openStartAt);
    this.carried.set(series.ref, { cursor, youngAt: isYoung && this.parts.born ? series.firstAt : null });
    this.order = null;
  }

  /**
   * Forgets the series whose past is another one now, or whose birth may be: while a series is young, samples of its
   * target may still come that say when it was not there yet.
   */
  forget(changes: Changes | null, at: number): void {
    const gone: number[] = [];
    let changed = 0;
    for (const [ref, { cursor, youngAt }] of this.carried) {
      const own = changes?.byRef.get(ref);
      const isOther = own?.some((change) => !this.follows(cursor, youngAt, change));
      const mayBeBornElse =
        youngAt !== null &&
        (Math.abs(at - youngAt) <= SEEN_WITHIN_MS ||
          (changes !== null && changes.fromAt < youngAt && changes.toAt >= youngAt - SEEN_WITHIN_MS));
      if (isOther) changed += 1;
      if (isOther || mayBeBornElse) gone.push(ref);
    }
    if (changed > REREAD_MAX && !this.isShort()) this.clear();
    else for (const ref of gone) this.remove(ref);
  }

  /** Short enough to be counted anew in one step. */
  isShort(): boolean {
    return 'windowMs' in this.span && this.span.windowMs <= FIRST_SLICE_MS;
  }

  /** What is before the window leaves the sums. */
  leave(): void {
    let wanting = [...this.carried];
    let spanMs = 1;
    while (wanting.length > 0) {
      const after = new Map<number, number>();
      for (const [ref, { cursor }] of wanting) {
        const neededAfterAt = cursor.leave(this.openStartAt);
        if (neededAfterAt !== null) after.set(ref, neededAfterAt);
        else if (cursor.isEmpty()) this.remove(ref);
      }
      if (after.size === 0) return;
      wanting = wanting.filter(([ref]) => after.has(ref));
      spanMs = Math.max(spanMs * 2, ...wanting.map(([, { cursor }]) => cursor.blockMs()));
      wanting = this.supply(wanting, after, spanMs);
    }
  }

  /** The sum over its series, as `sum(increase(…))` has it; NaN is no data. */
  sum(at: number): number {
    // In the order in which a question over the store meets them: the last bit of a sum depends on it.
    this.order ??= [...this.carried.keys()].sort((a, b) => a - b);
    const window = { startAt: this.startAt(at), endAt: at, legacy: this.parts.edgeMs === 1 };
    const sum = new KahanSum();
    let isThere = false;
    for (const ref of this.order) {
      const value = this.carried.get(ref)?.cursor.value(window);
      if (value === undefined) continue;
      sum.add(value);
      isThere = true;
    }
    return isThere ? sum.total() : Number.NaN;
  }

  private follows(
    cursor: IncreaseCursor,
    youngAt: number | null,
    { came, fromAt, toAt }: PastChange,
  ): boolean {
    if (came) return fromAt > cursor.lastAt() || (toAt <= this.openStartAt && youngAt === null);
    return toAt <= this.openStartAt || cursor.drop(fromAt, toAt);
  }

  private remove(ref: number): void {
    this.carried.delete(ref);
    this.order = null;
  }

  /** Answers those that are still wanting; one whose samples are not there any more is read anew at the next step. */
  private supply(wanting: [number, Carried][], after: ReadonlyMap<number, number>, spanMs: number) {
    const times = [...after.values()];
    const toAt = times.reduce((a, b) => Math.max(a, b)) + spanMs;
    const fromAt = times.reduce((a, b) => Math.min(a, b));
    const found = this.parts.reader.select(this.parts.matchers, fromAt, toAt, {
      fromAtOf: (ref) => after.get(ref) ?? Number.MAX_SAFE_INTEGER,
    });
    const supplied = new Map(found.map((series) => [series.ref, withoutStale(series)]));
    return wanting.filter(([ref, { cursor }]) => {
      const more = supplied.get(ref);
      const isAll = toAt >= cursor.lastAt();
      if (more) cursor.supply(more.times, more.values, isAll);
      const isLost = isAll && !more?.times.length;
      if (isLost) this.remove(ref);
      return !isLost;
    });
  }
}

function enterAll(cursor: IncreaseCursor, { times, values }: PlainSeries, openStartAt: number): void {
  for (let i = 0; i < times.length; i += 1) {
    const at = times[i] ?? 0;
    if (at > openStartAt) cursor.enter(at, values[i] ?? 0);
  }
}
