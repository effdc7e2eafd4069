import type { GapCause, Unwatched } from '../../shared/model/watch.ts';
import { SECOND_MS } from '../../shared/unit/time.ts';
import type { WatchedInterval } from '../store/index.ts';
import { type Instant, STALE_INTERVALS } from './staleness.ts';

/** The ledger of one source, in memory: pure but for what it remembers. */
export interface WatchLine {
  /** Answers the gap that this poll ended, if it ended one. */
  seen(instant: Instant, pollEveryMs: number): Unwatched | null;
  missed(instant: Instant, cause: GapCause, pollEveryMs: number): void;
  note(cause: GapCause): void;
  filled(gap: Unwatched, at: number, found: readonly string[]): void;
  unwatched(fromAt: number, toAt: number, now: number): Unwatched[];
  sinceAt(): number | null;
  /** What has changed since it was last taken: all intervals that begin at `fromAt` or later. */
  takeChanges(): { readonly fromAt: number; readonly intervals: WatchedInterval[] } | null;
  /** All from there on is due to be written again. */
  changedFrom(fromAt: number): void;
}

/** A poll that begins a little late has not missed anything. */
const LATE_MS = SECOND_MS;
/** As many as the store keeps. */
const INTERVALS_MAX = 5_000;

export function createWatchLine(kept: readonly WatchedInterval[]): WatchLine {
  return new Line(kept);
}

class Line implements WatchLine {
  private readonly intervals: WatchedInterval[];
  /** Why nothing was seen since the last poll that saw. */
  private causes: Set<GapCause>;
  private lastLook: Instant | null = null;
  private joinMs = 0;
  private dirtyFromAt = Number.POSITIVE_INFINITY;

  constructor(kept: readonly WatchedInterval[]) {
    this.intervals = [...kept];
    this.causes = new Set(kept.length > 0 ? ['stopped'] : []);
  }

  seen(instant: Instant, pollEveryMs: number): Unwatched | null {
    this.look(instant, pollEveryMs);
    const { at } = instant;
    this.cutAfter(at);
    const last = this.intervals.at(-1);
    const causes = [...this.causes];
    this.causes.clear();
    if (last && at - last.toAt <= this.joinMs) {
      this.replaceLast({ ...last, toAt: Math.max(last.toAt, at) });
      return null;
    }
    this.intervals.push({ fromAt: at, toAt: at, causes: last ? causes : ['unrecorded'], filledAt: null });
    if (this.intervals.length > INTERVALS_MAX) this.intervals.shift();
    this.changedFrom(at);
    return last && at > last.toAt ? { fromAt: last.toAt, toAt: at, causes, filledAt: null } : null;
  }

  missed(instant: Instant, cause: GapCause, pollEveryMs: number): void {
    this.look(instant, pollEveryMs);
    this.causes.add(cause);
  }

  note(cause: GapCause): void {
    this.causes.add(cause);
  }

  filled(gap: Unwatched, at: number, found: readonly string[]): void {
    const index = this.intervals.findIndex((one) => one.fromAt === gap.toAt);
    const interval = this.intervals[index];
    if (!interval) return;
    this.intervals[index] = { ...interval, filledAt: at, found };
    this.changedFrom(interval.fromAt);
  }

  unwatched(fromAt: number, toAt: number, now: number): Unwatched[] {
    const gaps: Unwatched[] = [];
    const add = (gap: Unwatched) => {
      const clipped = { ...gap, fromAt: Math.max(gap.fromAt, fromAt), toAt: Math.min(gap.toAt, toAt) };
      if (clipped.toAt > clipped.fromAt) gaps.push(clipped);
    };
    for (let index = this.firstAfter(fromAt); index < this.intervals.length; index += 1) {
      const interval = this.intervals[index] as WatchedInterval;
      const { fromAt: begin, filledAt } = interval;
      const before = this.intervals[index - 1];
      if (before) add(gapBetween(before, interval));
      else add({ fromAt, toAt: begin, causes: ['unrecorded'], filledAt });
      if (begin >= toAt) break;
    }
    add(this.tail(fromAt, toAt, now));
    return gaps;
  }

  sinceAt(): number | null {
    return this.intervals[0]?.fromAt ?? null;
  }

  takeChanges() {
    const fromAt = this.dirtyFromAt;
    if (fromAt === Number.POSITIVE_INFINITY) return null;
    this.dirtyFromAt = Number.POSITIVE_INFINITY;
    return { fromAt, intervals: this.intervals.filter((one) => one.fromAt >= fromAt) };
  }

  changedFrom(fromAt: number): void {
    this.dirtyFromAt = Math.min(this.dirtyFromAt, fromAt);
  }

  /** Names what kept the polls away between this look and the last one. */
  private look(instant: Instant, pollEveryMs: number): void {
    this.joinMs = STALE_INTERVALS * pollEveryMs + LATE_MS;
    const before = this.lastLook;
    this.lastLook = instant;
    if (!before) return;
    const wallMs = instant.at - before.at;
    const monotonicMs = instant.monotonicMs - before.monotonicMs;
    if (wallMs < -LATE_MS) this.causes.add('clock');
    if (Math.max(wallMs, monotonicMs) <= this.joinMs || this.causes.has('asleep')) return;
    // In sleep most systems' monotonic time stands still; a stopped process has both going on.
    if (wallMs - monotonicMs > this.joinMs) this.causes.add('asleep');
    // A source that lets its polls wait is named already.
    else if (!this.causes.has('failing')) this.causes.add('held-up');
  }

  /** What lies after now was written under a clock that was wrong. */
  private cutAfter(at: number): void {
    for (
      let last = this.intervals.at(-1);
      last && last.toAt - at > this.joinMs;
      last = this.intervals.at(-1)
    ) {
      this.changedFrom(last.fromAt);
      if (last.fromAt > at) this.intervals.pop();
      else this.replaceLast({ ...last, toAt: at });
    }
  }

  private replaceLast(interval: WatchedInterval): void {
    this.intervals[this.intervals.length - 1] = interval;
    this.changedFrom(interval.fromAt);
  }

  /** The time since the last interval, which no interval has ended yet. */
  private tail(fromAt: number, toAt: number, now: number): Unwatched {
    const last = this.intervals.at(-1);
    if (!last) return { fromAt, toAt, causes: ['unrecorded'], filledAt: null };
    const silent = now - last.toAt > this.joinMs;
    return { fromAt: last.toAt, toAt: silent ? toAt : last.toAt, causes: [...this.causes], filledAt: null };
  }

  /** Index of the first interval that ends after the instant. */
  private firstAfter(at: number): number {
    let [low, high] = [0, this.intervals.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.intervals[middle]?.toAt ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function gapBetween(before: WatchedInterval, after: WatchedInterval): Unwatched {
  const { fromAt, causes, filledAt, found } = after;
  const gap = { fromAt: before.toAt, toAt: fromAt, causes: [...causes], filledAt };
  return found && found.length > 0 ? { ...gap, found: [...found] } : gap;
}
