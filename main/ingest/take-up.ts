import { messageOf } from '../../shared/error/coded.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import type { Clock, Logger, WorkerHandle } from '../platform/index.ts';
import type { MetricWriterApi, SeriesTimes } from '../store/index.ts';
import type { Bringer, Ownership } from './ownership.ts';

/** Series of a target's last scrape, that of its `up` first. */
export type PresentRefs = Uint32Array;

/**
 * Tells the ends that nobody saw: of series that a source brought in its last scrape before Midwatch was down and does not
 * bring any more. Without it they would look alive for as long as queries look back.
 */
export interface TakeUp {
  /** Before the source brings anything. */
  look(at: number): Promise<void>;
  /** After a poll of which everything is kept; only the first does anything. */
  tell(present: readonly PresentRefs[], at: number): Promise<void>;
}

export interface TakeUpDeps {
  readonly store: WorkerHandle<MetricWriterApi>;
  readonly ownership: Ownership;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Queries look back so far for a sample: what is older is not taken for alive. */
const LOOK_BACK_MS = 5 * MINUTE_MS;

export function createTakeUp(by: Bringer, deps: TakeUpDeps): TakeUp {
  let before: SeriesTimes | 'unasked' | null = 'unasked';
  return {
    async look(at) {
      if (before !== 'unasked') return;
      before = null;
      try {
        before = await deps.store.call.aliveAtOpening(by.sourceId, at - LOOK_BACK_MS);
      } catch (thrown) {
        deps.log.warn(
          { source: by.sourceId, problem: messageOf(thrown) },
          'what was alive before the start is not known: series that ended meanwhile are seen for five minutes',
        );
      }
    },
    async tell(present, at) {
      if (before === null || before === 'unasked') return;
      const ended = endedMeanwhile(before, present);
      // What another source brings goes on, and its numbers are set to 0 here.
      deps.ownership.sift(by, ended, at, deps.clock.monotonic());
      const own = ended.filter((ref) => ref !== 0);
      deps.ownership.release(by.sourceId, own);
      try {
        if (own.length > 0) await deps.store.call.markStale(own, at);
        before = null;
      } catch (thrown) {
        deps.log.warn(
          { source: by.sourceId, problem: messageOf(thrown) },
          'the ends that fell into the time when Midwatch was down are told after the next poll',
        );
      }
    },
  };
}

/**
 * Only what came in a target's very last scrape, whose time its `up` has, was alive: the rest had ended before, or has
 * times of its own, from which an end cannot be told.
 */
function endedMeanwhile(before: SeriesTimes, present: readonly PresentRefs[]): Uint32Array<ArrayBuffer> {
  const timeOf = new Map([...before.refs].map((ref, index) => [ref, before.times[index]]));
  const lastScrapes = new Set(present.map((refs) => timeOf.get(refs[0] ?? 0)));
  lastScrapes.delete(undefined);
  for (const refs of present) for (const ref of refs) timeOf.delete(ref);
  return Uint32Array.from([...timeOf].filter(([, at]) => lastScrapes.has(at)).map(([ref]) => ref));
}
