import { messageOf } from '../../shared/error/coded.ts';
import type { GapCause, Unwatched, WatchRecord } from '../../shared/model/watch.ts';
import { SECOND_MS } from '../../shared/unit/time.ts';
import { type Clock, type Logger, type Remote, repeat } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';
import type { Instant } from './staleness.ts';
import { createWatchLine, type WatchLine } from './watch-line.ts';

/**
 * The watch ledger: when each source was really evaluated, kept over restarts. What it does not hold was not watched,
 * and that is how it errs: a kill costs the seconds since the last write, never the other way round.
 */
export interface WatchLedger {
  /** Takes up what earlier runs kept; to be awaited before the first poll. Never rejects: without it all is unwatched. */
  load(): Promise<void>;
  /** A poll that began at that instant saw the source; answers the gap that it ended, if it ended one. */
  seen(sourceId: string, instant: Instant, pollEveryMs: number): Unwatched | null;
  /** A poll that began at that instant saw nothing. */
  missed(sourceId: string, instant: Instant, cause: GapCause, pollEveryMs: number): void;
  /** The machine goes to sleep: whatever gap comes is named after it. */
  sleeping(): void;
  /** The samples of a gap were had afterwards. */
  filled(sourceId: string, gap: Unwatched, at: number, found: readonly string[]): void;
  /** Spans within the range in which the source was not watched; the time after `now` is none. */
  unwatched(sourceId: string, fromAt: number, toAt: number): Unwatched[];
  records(fromAt: number, toAt: number): WatchRecord[];
  /** Writes what is new, and again each few seconds until `stop`. */
  start(): void;
  stop(): Promise<void>;
}

export interface WatchLedgerDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly log: Pick<Remote<LogApi>, 'saveWatch' | 'loadWatch'>;
}

/** What a kill may cost. Each write is a sync of the disk, so not with each poll. */
const WRITE_EVERY_MS = 10 * SECOND_MS;

export function createWatchLedger(deps: WatchLedgerDeps): WatchLedger {
  const { clock } = deps;
  const lines = new Map<string, WatchLine>();
  const lineOf = (sourceId: string): WatchLine => {
    const line = lines.get(sourceId) ?? createWatchLine([]);
    lines.set(sourceId, line);
    return line;
  };
  const unwatched = (sourceId: string, fromAt: number, toAt: number) =>
    (lines.get(sourceId) ?? createWatchLine([])).unwatched(fromAt, Math.min(toAt, clock.now()), clock.now());
  const writing = createWriting(deps, lines);
  let stopTimer: () => void = () => undefined;

  return {
    async load() {
      try {
        for (const { sourceId, intervals } of await deps.log.loadWatch())
          lines.set(sourceId, createWatchLine(intervals));
      } catch (thrown) {
        deps.logger.error(
          { problem: messageOf(thrown) },
          'the watch ledger could not be read; all time before this start counts as unwatched',
        );
      }
    },
    seen: (sourceId, instant, pollEveryMs) => lineOf(sourceId).seen(instant, pollEveryMs),
    missed: (sourceId, instant, cause, pollEveryMs) => lineOf(sourceId).missed(instant, cause, pollEveryMs),
    sleeping() {
      for (const line of lines.values()) line.note('asleep');
    },
    filled: (sourceId, gap, at, found) => lines.get(sourceId)?.filled(gap, at, found),
    unwatched,
    records: (fromAt, toAt) =>
      [...lines].map(([sourceId, line]) => ({
        sourceId,
        recordedSinceAt: line.sinceAt(),
        unwatched: unwatched(sourceId, fromAt, toAt),
      })),
    start() {
      stopTimer();
      stopTimer = repeat({
        clock,
        periodMs: WRITE_EVERY_MS,
        phase: 1,
        task: writing.write,
        onError: (thrown) => deps.logger.error({ problem: messageOf(thrown) }, 'the watch ledger failed'),
      });
    },
    async stop() {
      stopTimer();
      await writing.write();
    },
  };
}

/** One write at a time; what could not be written stays due. */
function createWriting({ log, logger }: WatchLedgerDeps, lines: ReadonlyMap<string, WatchLine>) {
  let failed = false;
  return {
    async write(): Promise<void> {
      const due = [...lines].flatMap(([sourceId, line]) => {
        const changed = line.takeChanges();
        return changed ? [{ line, change: { sourceId, ...changed } }] : [];
      });
      if (due.length === 0) return;
      try {
        await log.saveWatch(due.map((one) => one.change));
        failed = false;
      } catch (thrown) {
        for (const { line, change } of due) line.changedFrom(change.fromAt);
        if (!failed) logger.error({ problem: messageOf(thrown) }, 'the watch ledger could not be written');
        failed = true;
      }
    },
  };
}
