import type { Matcher, MetricReader } from '../store/index.ts';
import type { Compat } from './expression.ts';
import { changesOf, IncreaseFeed } from './increase-feed.ts';
import type { Changes } from './increase-window.ts';
import { isOneName } from './matrix.ts';
import { countFromZero } from './new-series.ts';
import { parseExpression } from './parse.ts';
import { LOCAL_SOURCE } from './plan.ts';

/** Sums of increases that somebody asks for again and again, as they cross to the worker. */
export interface PackedIncreases {
  readonly at: number;
  /** Who asks at another distance behind the present asks in another lane: windows move in one direction. */
  readonly lane: string;
  readonly selectors: readonly string[];
  /** For each question its selector by number, … */
  readonly of: Uint32Array;
  /** … and its window's length in milliseconds, or, below 0, the fixed instant at which it begins. */
  readonly spans: Float64Array;
  /** Whether to go on building windows over an hour; without, they are answered once they are built. */
  readonly build: boolean;
  readonly compat: Compat;
  readonly countNewSeriesFromZero: boolean;
}

export const CARRIED = { building: 0, ready: 1, never: 2 } as const;

/** For each question a sum, NaN where there are no data, and whether it is one. */
export interface PackedSums {
  readonly sums: Float64Array;
  readonly states: Uint8Array;
}

/** Building holds up other questions to this thread: so much of it at a time. */
const BUILD_MS = 25;
/**
 * Carries sums of increases from question to question: a step costs the samples that are new and those that leave, not
 * the window, and answers what `sum(increase(selector[window]))` answers. Windows up to an hour are there at once.
 */
export function createIncreases(
  reader: MetricReader,
  monotonic: () => number,
): (asked: PackedIncreases) => PackedSums {
  const carrying = new Carrying(reader, monotonic);
  return (asked) => {
    try {
      return carrying.answer(asked);
    } catch (thrown) {
      // Half a step is no step.
      carrying.forgetAll();
      throw thrown;
    }
  };
}

class Carrying {
  private readonly reader: MetricReader;
  private readonly monotonic: () => number;
  /** Null for a selector that cannot be carried. */
  private readonly feeds = new Map<string, IncreaseFeed | null>();
  private born: ReturnType<typeof countFromZero>;
  private pastId: number | null = null;

  constructor(reader: MetricReader, monotonic: () => number) {
    this.reader = reader;
    this.monotonic = monotonic;
    this.born = countFromZero(reader);
  }

  answer(asked: PackedIncreases): PackedSums {
    const { of, spans, build } = asked;
    const sums = new Float64Array(of.length).fill(Number.NaN);
    const states = new Uint8Array(of.length);
    const changes = this.learn();
    // What it remembers of births is of one step.
    this.born = countFromZero(this.reader);
    const feeds = asked.selectors.map((selector) => this.feedOf(asked, selector));
    const standing = this.advance(asked, new Set(feeds), changes);
    const until = this.monotonic() + BUILD_MS;
    const isLate = () => this.monotonic() > until;
    of.forEach((selector, place) => {
      const feed = feeds[selector];
      if (!feed) states[place] = CARRIED.never;
      if (!feed || !standing.has(feed)) return;
      const sum = feed.sum(spans[place] ?? 1, isLate, build);
      if (sum === null) return;
      sums[place] = sum;
      states[place] = CARRIED.ready;
    });
    for (const [key, feed] of this.feeds) if (feed?.forgetIdle(asked.at)) this.feeds.delete(key);
    return { sums, states };
  }

  forgetAll(): void {
    this.feeds.clear();
  }

  /** Answers the feeds that stand at the instant that is asked for. */
  private advance(
    { at, build }: PackedIncreases,
    wanted: ReadonlySet<IncreaseFeed | null>,
    changes: Changes | null,
  ): ReadonlySet<IncreaseFeed> {
    const standing = new Set<IncreaseFeed>();
    for (const feed of this.feeds.values()) {
      if (!feed) continue;
      if (!wanted.has(feed)) feed.forget(changes, at);
      // Who builds may have been overtaken by a poll: what it builds is for the next one.
      else if (feed.advance(build ? Math.max(at, feed.standsAt()) : at, changes)) standing.add(feed);
    }
    return standing;
  }

  private feedOf(asked: PackedIncreases, selector: string): IncreaseFeed | null {
    const { lane, compat, countNewSeriesFromZero } = asked;
    const key = `${lane}|${compat}|${countNewSeriesFromZero}|${selector}`;
    const known = this.feeds.get(key);
    if (known !== undefined) return known;
    const matchers = plainMatchers(selector, compat);
    const feed =
      matchers &&
      new IncreaseFeed({
        reader: this.reader,
        matchers,
        edgeMs: compat === 2 ? 1 : 0,
        born: countNewSeriesFromZero ? (series) => this.born('increase', series) : null,
      });
    this.feeds.set(key, feed);
    return feed;
  }

  /** What changed in the past; where that is not known, nothing is carried on. */
  private learn(): Changes | null {
    const { lastId, changes } = this.reader.pastChanges(this.pastId ?? 0);
    if (changes === null && this.pastId !== null) this.feeds.clear();
    this.pastId = lastId;
    return changes === null || changes.length === 0 ? null : changesOf(changes);
  }
}

/** The matchers of a plain selector of one metric that is stored here; null for anything else. */
function plainMatchers(selector: string, compat: Compat): readonly Matcher[] | null {
  const parsed = parseExpression(`increase(${selector}[1m])`, { compat });
  if (!parsed.ok || parsed.value.root.kind !== 'call') return null;
  const [range] = parsed.value.root.args;
  if (range?.kind !== 'range' || !isOneName(range)) return null;
  const { matchers, offsetMs, fixedAt, source } = range.selector;
  const isHere = source === null || source === LOCAL_SOURCE;
  return isHere && offsetMs === 0 && fixedAt === null ? matchers : null;
}
