import { messageOf } from '../../shared/error/coded.ts';
import type { Unwatched } from '../../shared/model/watch.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';
import type { Clock, Logger } from '../platform/index.ts';
import type { WatchLedger } from './ledger.ts';

/** What was had of a gap. `complete` is false where the source could not be asked for all of it: then it is tried again. */
export interface LookedBack {
  readonly complete: boolean;
  /** What held in the gap, in sentences: nobody is paged for what is over. */
  readonly found: readonly string[];
}

/** Asks a source by range queries for what was in a gap, and evaluates it. */
export type LookBack = (sourceId: string, gap: Unwatched) => Promise<LookedBack>;

export interface BackfillDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  readonly ledger: Pick<WatchLedger, 'filled'>;
  readonly lookBack: LookBack;
  /** Heard once a gap is filled. */
  readonly onFilled: (sourceId: string, gap: Unwatched) => void;
}

/** Fills gaps after they ended: one at a time, beside the polls, which go first. */
export interface Backfill {
  ended(sourceId: string, gap: Unwatched): void;
  /** Settles when none is being filled at this moment; those that wait for their turn go on waiting. */
  idle(): Promise<void>;
  stop(): void;
}

/** Shorter ones lie inside the windows that each poll asks for anyway. */
export const GAP_MIN_MS = MINUTE_MS;
/** After a wake-up many Midwatches ask one server; the catch-up poll is what matters, this can wait. */
const SPREAD_MS = 10 * SECOND_MS;
const RETRY_MS = [30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS];
/** A source that comes and goes must not gather work without end; the oldest gaps are left unfilled. */
const WAITING_MAX = 50;

interface Job {
  readonly sourceId: string;
  readonly gap: Unwatched;
  tries: number;
  cancel: () => void;
}

export function createBackfill(deps: BackfillDeps): Backfill {
  const { clock, logger } = deps;
  const waiting = new Set<Job>();
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const wait = (job: Job, delayMs: number) => {
    waiting.add(job);
    job.cancel = clock.setTimeout(() => {
      waiting.delete(job);
      running = running.then(() => fill(job));
      return running;
    }, delayMs);
  };
  const fill = async (job: Job) => {
    if (stopped) return;
    const { sourceId, gap } = job;
    try {
      const { complete, found } = await deps.lookBack(sourceId, gap);
      if (complete) {
        const at = clock.now();
        deps.ledger.filled(sourceId, gap, at, found);
        deps.onFilled(sourceId, { ...gap, filledAt: at, found: [...found] });
        return;
      }
    } catch (thrown) {
      logger.warn({ source: sourceId, problem: messageOf(thrown) }, 'a gap could not be looked into');
    }
    const retryMs = RETRY_MS[job.tries];
    job.tries += 1;
    if (retryMs !== undefined && !stopped) wait(job, retryMs);
    else logger.warn({ source: sourceId, fromAt: gap.fromAt, toAt: gap.toAt }, 'a gap stays unfilled');
  };
  return {
    ended(sourceId, gap) {
      if (stopped || gap.toAt - gap.fromAt < GAP_MIN_MS) return;
      const [oldest] = waiting;
      if (oldest && waiting.size >= WAITING_MAX) {
        oldest.cancel();
        waiting.delete(oldest);
      }
      wait({ sourceId, gap, tries: 0, cancel: () => undefined }, Math.round(deps.random() * SPREAD_MS));
    },
    idle: () => running,
    stop() {
      stopped = true;
      for (const job of waiting) job.cancel();
      waiting.clear();
    },
  };
}
