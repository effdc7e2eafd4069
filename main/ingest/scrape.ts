import { createExemplarBook, type ExemplarBook } from '../../shared/model/exemplar-book.ts';
import { Transfer } from '../platform/index.ts';
import {
  compileRelabel,
  decodeExposition,
  openAnswer,
  overLimit,
  parseExemplar,
  parseSeriesText,
  type Relabel,
  scanExposition,
} from '../source/index.ts';
import { attachTargetLabels, labelKey } from './attach.ts';
import { OVER_LIMIT, type ScrapeAnswer, type ScrapeApi, type ScrapeRequest } from './scrape-api.ts';
import { createRows, type Rows } from './scrape-rows.ts';

/** What is known of one series text of one target. Two texts of one series share one entry. */
interface Entry {
  /** 0 while the store has given no number. */
  ref: number;
  scrape: number;
  /** Has times of its own: its end cannot be told from one scrape, so it is never marked as ended. */
  dated: boolean;
  /** The store refused it; it is offered again from then on. */
  refusedUntilAt: number;
  /** A relabel rule drops it: it is no series here. */
  relabelledAway: boolean;
}

interface TargetCache {
  scrape: number;
  at: number;
  readonly entries: Map<string, Entry>;
  readonly byRef: Map<number, Entry>;
  /** Texts of the last scrape's fresh series, until `learn`. */
  fresh: string[];
  /** Compiled when the target is first seen; other rules are another source and begin anew. */
  readonly relabel: Relabel;
}

/** Room may come back when old series age away; asking at each scrape would be a load without end. */
const REFUSED_MS = 5 * 60_000;
/** Samples may bring times of their own, within what a slow exporter or a skewed clock explains. */
const OWN_TIME_PAST_MS = 60 * 60_000;
const OWN_TIME_FUTURE_MS = 10 * 60_000;
const OWN_TIMES_MAX = 32;
const TOO_LONG_BEFORE = `a time of its own more than ${OWN_TIME_PAST_MS / 60_000} min before the scrape`;
const TOO_LONG_AFTER = `a time of its own more than ${OWN_TIME_FUTURE_MS / 60_000} min after the scrape`;
const TOO_MANY_TIMES = `a time of its own beside ${OWN_TIMES_MAX} others in one scrape`;

const UNREADABLE_EXEMPLAR = 'an exemplar that cannot be read';

/** Names no exposition can have, so that the target's own `up` is not taken for Midwatch's. */
const REPORTS = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped'] as const;

export function createScrapeApi(): ScrapeApi {
  const caches = new Map<string, TargetCache>();
  const exemplars = createExemplarBook();
  return {
    open: openAnswer,
    scrape(sent) {
      const request = sent instanceof Transfer ? sent.value : sent;
      const known = caches.get(request.key);
      const cache = known ?? newCache(request);
      caches.set(request.key, cache);
      const answer = scrapeOnce(cache, request, known === undefined, exemplars);
      // Texts that only differ in the order of labels share a number; without end they would fill the memory.
      if (cache.entries.size > 2 * request.seriesMax + 16) caches.delete(request.key);
      const { refs, values, freshRows, vanished, times } = answer;
      const buffers = [refs.buffer, values.buffer, freshRows.buffer, vanished.buffer];
      return new Transfer(answer, times ? [...buffers, times.buffer] : buffers);
    },
    exemplars: exemplars.list,
    learn(key, refs) {
      const cache = caches.get(key);
      if (cache) learn(cache, refs);
    },
    forget(key) {
      if (key === null) caches.clear();
      else caches.delete(key);
    },
  };
}

function newCache(request: ScrapeRequest): TargetCache {
  const relabel = compileRelabel(request.relabel);
  return { scrape: 0, at: 0, entries: new Map(), byRef: new Map(), fresh: [], relabel };
}

function scrapeOnce(
  cache: TargetCache,
  request: ScrapeRequest,
  first: boolean,
  exemplars: ExemplarBook,
): ScrapeAnswer {
  cache.scrape += 1;
  cache.at = request.at;
  cache.fresh = [];
  const before = [...cache.entries.values()].filter((entry) => entry.ref > 0 && !entry.dated);
  let rows = createRows();
  report(cache, rows, request, false, 0);
  const read = request.body ? readBody(cache, rows, request, exemplars) : { problem: null, series: 0 };
  const up = request.body !== null && read.problem === null;
  if (!up) {
    // A body that breaks off is refused whole: part of it would pass for all of it.
    cache.scrape += 1;
    cache.fresh = [];
    rows = createRows();
  }
  report(cache, rows, request, up, up ? read.series : 0);
  const vanished = before.filter((entry) => entry.scrape !== cache.scrape).map((entry) => entry.ref);
  for (const [text, entry] of cache.entries) {
    if (entry.scrape === cache.scrape) continue;
    cache.entries.delete(text);
    cache.byRef.delete(entry.ref);
  }
  return {
    ...rows.take(),
    problem: read.problem,
    first,
    vanished: Uint32Array.from(new Set(vanished)),
    seriesCount: up ? read.series : 0,
  };
}

function learn(cache: TargetCache, refs: Uint32Array): void {
  for (const [index, text] of cache.fresh.entries()) {
    const ref = refs[index] ?? 0;
    const entry = entryOf(cache, text);
    const same = cache.byRef.get(ref);
    if (ref === 0) entry.refusedUntilAt = cache.at + REFUSED_MS;
    else if (same) {
      same.scrape = cache.scrape;
      cache.entries.set(text, same);
    } else {
      entry.ref = ref;
      cache.byRef.set(ref, entry);
    }
  }
  cache.fresh = [];
}

/** Midwatch's own samples of a scrape come first, so that a body cannot stand in for them. */
function report(cache: TargetCache, rows: Rows, request: ScrapeRequest, up: boolean, series: number): void {
  const values = [up ? 1 : 0, request.durationMs / 1000, series];
  for (const [index, name] of REPORTS.entries()) {
    const text = `\u0000${name}`;
    const entry = entryOf(cache, text);
    const value = values[index] ?? 0;
    if (entry.scrape === cache.scrape) {
      rows.replace(index, value);
      continue;
    }
    entry.scrape = cache.scrape;
    if (entry.ref === 0) cache.fresh.push(text);
    rows.add(
      entry.ref,
      value,
      undefined,
      entry.ref === 0 ? { __name__: name, ...request.labels } : undefined,
    );
  }
}

function readBody(
  cache: TargetCache,
  rows: Rows,
  request: ScrapeRequest,
  exemplars: ExemplarBook,
): { readonly problem: string | null; readonly series: number } {
  const text = decodeExposition(request.body ?? new Uint8Array(0));
  if (!text.ok) return { problem: text.error, series: 0 };
  let series = 0;
  const ownTimes = new Set<number>();
  const freshKeys = new Set(rows.freshLabels().map(labelKey));
  const error = scanExposition(text.value, request.format, (name, value, exposedAt, exemplar) => {
    const ownAt = request.honorTimestamps ? exposedAt : undefined;
    series += 1;
    if (series > request.seriesMax) return overLimit(request.seriesMax);
    const entry = entryOf(cache, name);
    if (entry.relabelledAway) {
      entry.scrape = cache.scrape;
      return undefined;
    }
    const foreign = ownAt === undefined ? undefined : whyForeign(ownAt, request.at, ownTimes);
    if (foreign !== undefined) {
      // It is still exposed, so it has not ended, though this sample of it is not taken.
      entry.scrape = cache.scrape;
      rows.drop(foreign);
      return entry.ref === 0 ? problemOf(name) : undefined;
    }
    if (entry.scrape === cache.scrape) {
      rows.drop('twice in one scrape');
      return undefined;
    }
    if (exemplar !== undefined) noteExemplar(exemplars, cache, rows, request, { name, exemplar });
    entry.scrape = cache.scrape;
    entry.dated = ownAt !== undefined;
    if (entry.ref !== 0) {
      rows.add(entry.ref, value, ownAt, undefined);
      return undefined;
    }
    if (request.at < entry.refusedUntilAt) {
      rows.drop(OVER_LIMIT);
      return undefined;
    }
    return addFresh(cache, rows, request, freshKeys, { name, value, ownAt, entry });
  });
  return { problem: error ? `line ${error.line}: ${error.message}` : null, series };
}

/** One that cannot be read takes nothing from its sample. */
function noteExemplar(
  exemplars: ExemplarBook,
  cache: TargetCache,
  rows: Rows,
  request: ScrapeRequest,
  { name, exemplar }: { readonly name: string; readonly exemplar: string },
): void {
  const key = `${request.key}\u0000${name}`;
  // Each scrape shows the last one again.
  if (exemplars.holds(key, exemplar)) return;
  const read = parseExemplar(exemplar);
  if (!read) {
    rows.drop(UNREADABLE_EXEMPLAR);
    return;
  }
  const series = () => {
    const scraped = parseSeriesText(name);
    return scraped.ok
      ? cache.relabel(attachTargetLabels(scraped.value, request.labels, request.honorLabels))
      : null;
  };
  exemplars.note(key, exemplar, { ...read, at: read.at ?? request.at }, series);
}

function problemOf(name: string): string | undefined {
  const labels = parseSeriesText(name);
  return labels.ok ? undefined : labels.error;
}

interface FreshSample {
  readonly name: string;
  readonly value: number;
  readonly ownAt: number | undefined;
  readonly entry: Entry;
}

function addFresh(
  cache: TargetCache,
  rows: Rows,
  request: ScrapeRequest,
  freshKeys: Set<string>,
  sample: FreshSample,
): string | undefined {
  const { name, value, ownAt, entry } = sample;
  const scraped = parseSeriesText(name);
  if (!scraped.ok) return scraped.error;
  const attached = attachTargetLabels(scraped.value, request.labels, request.honorLabels);
  const labels = cache.relabel(attached);
  if (labels === null || !labels.__name__) {
    entry.relabelledAway = true;
    return undefined;
  }
  const key = labelKey(labels);
  if (freshKeys.has(key)) {
    rows.drop('twice in one scrape');
    return undefined;
  }
  freshKeys.add(key);
  cache.fresh.push(name);
  rows.add(0, value, ownAt, labels);
  return undefined;
}

/** Why a sample's own time is not taken; undefined where it is. */
function whyForeign(ownAt: number, at: number, ownTimes: Set<number>): string | undefined {
  if (ownAt < at - OWN_TIME_PAST_MS) return TOO_LONG_BEFORE;
  if (ownAt > at + OWN_TIME_FUTURE_MS) return TOO_LONG_AFTER;
  if (ownTimes.size >= OWN_TIMES_MAX && !ownTimes.has(ownAt)) return TOO_MANY_TIMES;
  ownTimes.add(ownAt);
  return undefined;
}

function entryOf(cache: TargetCache, text: string): Entry {
  const known = cache.entries.get(text);
  if (known) return known;
  const entry: Entry = {
    ref: 0,
    scrape: 0,
    dated: false,
    refusedUntilAt: Number.NEGATIVE_INFINITY,
    relabelledAway: false,
  };
  cache.entries.set(text, entry);
  return entry;
}
