import { messageOf } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import { type Clock, Transfer, type WorkerHandle } from '../platform/index.ts';
import { seriesName } from '../receive/index.ts';
import type { MetricWriterApi, SampleBatch, SeriesRefusal } from '../store/index.ts';
import type { Drops } from './drops.ts';
import { type Bringer, leftOutReason, type Ownership } from './ownership.ts';
import { OVER_LIMIT, type ScrapeAnswer, type ScrapeApi, type ScrapeRequest } from './scrape-api.ts';

/** What became of one scrape that was kept. */
export interface Kept {
  /** Why the body was refused, as a clause; then only `up` 0 and its kin were kept. */
  readonly problem: string | null;
  readonly seriesCount: number;
  readonly samples: number;
  /** Samples of this scrape whose series the store has no room for, and the names of those that it refused just now. */
  readonly overLimit: OverLimit;
}

export interface OverLimit {
  readonly count: number;
  readonly names: readonly string[];
}

/** Who brings a scrape, and how many series it may have. */
export interface ScrapeBringer extends Bringer {
  readonly seriesMax: number;
}

/** Brings scrapes of one target after the other into the store: read in a thread, numbered, appended, ends marked. */
export interface Keeper {
  /** An error means that nothing, or only part, of the scrape is known to be kept; it is a clause. */
  keep(request: ScrapeRequest, by: ScrapeBringer): Promise<Result<Kept, string>>;
  /** Series of the target's last scrape that have no times of their own, `up` first. */
  present(key: string): Uint32Array;
  /** The target is not scraped any more: all its series end now. */
  end(key: string, by: Bringer, at: number): Promise<void>;
}

export interface KeeperDeps {
  readonly scrapeWorker: WorkerHandle<ScrapeApi>;
  readonly store: WorkerHandle<MetricWriterApi>;
  readonly drops: Drops;
  readonly dropsOf: (sourceId: string) => Drops;
  readonly ownership: Ownership;
  readonly clock: Pick<Clock, 'monotonic'>;
}

interface Ending {
  readonly refs: Uint32Array;
  readonly at: number;
}

interface KnownTarget {
  /** Series of the last scrape that have no times of their own. */
  refs: Uint32Array;
  /** Ends that the store could not take yet. */
  endings: Ending[];
}

/** Ends that wait for a store which is down; more are let go, and a look-back of 5 min forgets those series as well. */
const ENDINGS_MAX = 100;

export function createKeeper(deps: KeeperDeps): Keeper {
  const targets = new Map<string, KnownTarget>();
  const knownOf = (key: string) => {
    const known = targets.get(key) ?? { refs: new Uint32Array(0), endings: [] };
    targets.set(key, known);
    return known;
  };
  return {
    async keep(request, by) {
      const known = knownOf(request.key);
      let answer: ScrapeAnswer | undefined;
      try {
        answer = await scrape(deps.scrapeWorker, request);
      } catch (thrown) {
        deps.drops.count('reading failed', 1);
        return err(`the scrape could not be read: ${messageOf(thrown)}`);
      }
      for (const { reason, count } of answer.dropped) note(deps, by, reason, count);
      try {
        return ok(await store(deps, known, request, answer, by));
      } catch (thrown) {
        deps.drops.count('the store did not take it', answer.refs.length);
        return err(`its samples could not be stored: ${messageOf(thrown)}`);
      }
    },
    present: (key) => targets.get(key)?.refs ?? new Uint32Array(0),
    async end(key, by, at) {
      const known = targets.get(key);
      targets.delete(key);
      await deps.scrapeWorker.call.forget(key);
      if (!known || known.refs.length === 0) return;
      const own = known.refs.filter((ref) => deps.ownership.owns(by.sourceId, ref));
      deps.ownership.release(by.sourceId, own);
      if (own.length > 0) await deps.store.call.markStale(own, at);
    },
  };
}

/** In the account of all, and in that of the source, which its row shows. */
function note(deps: KeeperDeps, by: Bringer, reason: string, count: number): void {
  deps.drops.count(reason, count);
  deps.dropsOf(by.sourceId).count(reason, count);
}

function scrape(worker: WorkerHandle<ScrapeApi>, request: ScrapeRequest): Promise<ScrapeAnswer> {
  const body = request.body;
  return worker.call.scrape(body ? new Transfer(request, [body.buffer]) : request);
}

async function store(
  deps: KeeperDeps,
  known: KnownTarget,
  request: ScrapeRequest,
  answer: ScrapeAnswer,
  by: ScrapeBringer,
): Promise<Kept> {
  const before = known.refs;
  const { numbered, refused } = await numberFresh(deps, request.key, answer, by);
  for (const { owner, count } of deps.ownership.sift(
    by,
    answer.refs,
    timesOf(answer, request.at),
    deps.clock.monotonic(),
  )) {
    note(deps, by, leftOutReason(by.sourceId, owner), count);
  }
  const rows = splitRows(answer, request.at);
  // Whatever ended is told before the samples go in: if the store fails in between, it is still told at the next poll.
  const gone = endedRefs(answer, before, rows.current.refs, numbered);
  // A series that another source brings goes on, whatever has vanished here.
  const ended = gone.filter((ref) => deps.ownership.owns(by.sourceId, ref));
  deps.ownership.release(by.sourceId, ended);
  if (ended.length > 0) known.endings.push({ refs: ended, at: request.at });
  if (known.endings.length > ENDINGS_MAX) known.endings.shift();
  known.refs = rows.current.refs;
  let samples = 0;
  let unknown = 0;
  for (const batch of [rows.current, ...rows.dated]) {
    const appended = await deps.store.call.append(batch);
    samples += appended.accepted;
    deps.drops.keep(appended.accepted);
    unknown += appended.unknown;
    note(deps, by, 'twice for one instant', appended.duplicates);
    note(deps, by, 'older than what is stored', appended.outOfOrder);
    note(deps, by, 'of a series that the store has let go', appended.unknown);
  }
  // Their numbers are void: at the next scrape they are registered anew.
  if (unknown > 0) await deps.scrapeWorker.call.forget(request.key);
  while (known.endings[0]) {
    await deps.store.call.markStale(known.endings[0].refs, known.endings[0].at);
    known.endings.shift();
  }
  const overLimit = { count: refused.length + droppedFor(answer, OVER_LIMIT), names: namesOf(refused) };
  return { problem: answer.problem, seriesCount: answer.seriesCount, samples, overLimit };
}

const NAMES_KEPT = 5;

function namesOf(refused: readonly SeriesRefusal[]): string[] {
  return refused.slice(0, NAMES_KEPT).map(({ labels }) => seriesName(labels));
}

function droppedFor({ dropped }: ScrapeAnswer, reason: string): number {
  return dropped.find((one) => one.reason === reason)?.count ?? 0;
}

/** The rows' own times, the scrape's where they have none. */
function timesOf(answer: ScrapeAnswer, at: number): Float64Array | number {
  return answer.times ? answer.times.map((time) => (Number.isNaN(time) ? at : time)) : at;
}

/** Gets numbers for series that are new and writes them into the rows; answers those numbers, and whom the store refused. */
async function numberFresh(
  deps: KeeperDeps,
  key: string,
  answer: ScrapeAnswer,
  by: ScrapeBringer,
): Promise<{ readonly numbered: Uint32Array; readonly refused: readonly SeriesRefusal[] }> {
  if (answer.fresh.length === 0) return { numbered: new Uint32Array(0), refused: [] };
  const { refs, refused } = await deps.store.call.register(answer.fresh, {
    sourceId: by.sourceId,
    seriesMax: by.seriesMax,
  });
  note(deps, by, OVER_LIMIT, refused.length);
  await deps.scrapeWorker.call.learn(key, refs);
  for (const [index, row] of answer.freshRows.entries()) answer.refs[row] = refs[index] ?? 0;
  return { numbered: refs, refused };
}

/** Rows by their time: those of the scrape, and those with times of their own. Rows without a number are left out. */
export function splitRows(
  answer: Pick<ScrapeAnswer, 'refs' | 'values' | 'times'>,
  at: number,
): { readonly current: SampleBatch; readonly dated: readonly SampleBatch[] } {
  const { refs, values, times } = answer;
  if (times === null && !refs.includes(0)) return { current: { at, refs, values }, dated: [] };
  const byTime = new Map<number, { refs: number[]; values: number[] }>([
    [Number.NaN, { refs: [], values: [] }],
  ]);
  for (const [row, ref] of refs.entries()) {
    if (ref === 0) continue;
    const time = times?.[row] ?? Number.NaN;
    const group = byTime.get(time) ?? { refs: [], values: [] };
    byTime.set(time, group);
    group.refs.push(ref);
    group.values.push(values[row] ?? Number.NaN);
  }
  const batches = [...byTime].map(([time, group]) => ({
    at: Number.isNaN(time) ? at : time,
    refs: Uint32Array.from(group.refs),
    values: Float64Array.from(group.values),
  }));
  const [current = { at, refs: new Uint32Array(0), values: new Float64Array(0) }, ...dated] = batches;
  return { current, dated: dated.sort((a, b) => a.at - b.at) };
}

/**
 * Series that ended. The thread knows, unless it has just been (re)started: then the last scrape's own list does.
 * A series that only came back under another spelling has not ended.
 */
function endedRefs(
  answer: ScrapeAnswer,
  before: Uint32Array,
  now: Uint32Array,
  numbered: Uint32Array,
): Uint32Array {
  if (answer.first) {
    const present = new Set(now);
    return before.filter((ref) => !present.has(ref));
  }
  if (answer.vanished.length === 0 || numbered.length === 0) return answer.vanished;
  const back = new Set(numbered);
  return answer.vanished.filter((ref) => !back.has(ref));
}
