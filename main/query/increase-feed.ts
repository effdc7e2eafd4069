import type { PastChange } from '../store/index.ts';
import { type Changes, type FeedParts, IncreaseWindow, type Span } from './increase-window.ts';

/** What nobody has asked for so long is not asked for any more. */
const FORGET_MS = 600_000;
/** A poll that began earlier and ended later than another is not a clock that was set back. */
const OVERTAKEN_MS = 60_000;

/** The windows over one selector: one question to the store brings what is new for all of them. */
export class IncreaseFeed {
  private readonly windows = new Map<number, IncreaseWindow>();
  private readonly parts: FeedParts;
  private at = Number.NEGATIVE_INFINITY;

  constructor(parts: FeedParts) {
    this.parts = parts;
  }

  private window(span: number): IncreaseWindow {
    let window = this.windows.get(span);
    if (!window) {
      const of: Span = span < 0 ? { fromAt: -span } : { windowMs: span };
      window = new IncreaseWindow(this.parts, of);
      this.windows.set(span, window);
    }
    return window;
  }

  /** The instant at which it stands. */
  standsAt(): number {
    return this.at;
  }

  forget(changes: Changes | null, at: number): void {
    for (const window of this.windows.values()) window.forget(changes, at);
  }

  /** Whether it stands at the instant then. */
  advance(at: number, changes: Changes | null): boolean {
    this.forget(changes, at);
    if (at < this.at && this.at - at < OVERTAKEN_MS) return false;
    // What has left a window cannot come back into it: by a clock that was set back all is counted anew.
    if (at < this.at) for (const window of this.windows.values()) window.clear();
    this.at = at;
    this.takeNews(at);
    return true;
  }

  /** The window's sum at the instant at which it stands; null where it is not built yet. */
  sum(span: number, isLate: () => boolean, build: boolean): number | null {
    const window = this.window(span);
    window.askedAt = this.at;
    if (!window.isBuilt() && (window.isShort() || build)) {
      window.build(this.at, window.isShort() ? () => false : isLate);
      if (window.isBuilt()) {
        // It was built while its far end moved on.
        window.move(this.at);
        window.leave();
      }
    }
    return window.isBuilt() ? window.sum(this.at) : null;
  }

  /** Forgets windows that nobody has asked for lately; whether none is left. */
  forgetIdle(at: number): boolean {
    for (const [span, window] of this.windows)
      if (Math.abs(at - window.askedAt) > FORGET_MS) this.windows.delete(span);
    return this.windows.size === 0;
  }

  private takeNews(at: number): void {
    const built = [...this.windows.values()].filter((window) => window.isBuilt());
    if (built.length === 0) return;
    for (const window of built) window.move(at);
    const fromAtOf = (ref: number) =>
      built.reduce((least, window) => Math.min(least, window.needsAfter(ref)), Number.POSITIVE_INFINITY);
    const found = this.parts.reader.select(this.parts.matchers, Number.NEGATIVE_INFINITY, at, { fromAtOf });
    for (const window of built) {
      for (const series of found) window.take(series);
      window.leave();
    }
  }
}

/** What a list of changes says of each series, and of the time that it touches. */
export function changesOf(changes: readonly PastChange[]): Changes {
  const byRef = new Map<number, PastChange[]>();
  let fromAt = Number.POSITIVE_INFINITY;
  let toAt = Number.NEGATIVE_INFINITY;
  for (const change of changes) {
    const own = byRef.get(change.ref);
    if (own) own.push(change);
    else byRef.set(change.ref, [change]);
    fromAt = Math.min(fromAt, change.fromAt);
    toAt = Math.max(toAt, change.toAt);
  }
  return { byRef, fromAt, toAt };
}
