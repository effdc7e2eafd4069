import type { ExpositionSourceConfig } from '../../shared/config/source.ts';
import { messageOf } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { SourceDeps } from '../source/index.ts';
import { inTurns } from './in-turns.ts';
import type { Keeper } from './keeper.ts';
import type { Bringer } from './ownership.ts';
import type { BarePoll, OnPolled, PollOutcome } from './poll.ts';
import { createTakeUp, type TakeUpDeps } from './take-up.ts';
import { reportOfTargets } from './target-report.ts';
import { createTargetScrape, type Scraped, type TargetScrape } from './target-scrape.ts';

export interface ExpositionPollDeps extends SourceDeps, TakeUpDeps {
  readonly onPolled: OnPolled;
  readonly keeper: Keeper;
  /** Scraped samples are asked here. */
  readonly localTarget: QueryTarget;
}

/** A poll of targets that Midwatch scrapes itself: fetch, read, keep, then the pipeline looks. */
export function createExpositionPoll(config: ExpositionSourceConfig, deps: ExpositionPollDeps): BarePoll {
  const targets = config.targets.map((target) => createTargetScrape(config, target, deps));
  const by: Bringer = { sourceId: config.id, intervalMs: config.pollEveryMs };
  const takeUp = createTakeUp(by, deps);
  const listeners = new Set<() => void>();
  let closed = false;
  let unkept: string | null = null;
  let last = { condition: 'starting', sinceAt: deps.clock.now() };
  let lastOkAt: number | null = null;

  const report = () => {
    const made = reportOfTargets(
      targets.map((target) => target.report()),
      unkept,
    );
    if (made.condition !== last.condition) last = { condition: made.condition, sinceAt: deps.clock.now() };
    return { ...made, sinceAt: last.sinceAt, lastOkAt, nextTryAt: null };
  };

  return {
    kind: 'exposition',
    target: deps.localTarget,
    async run(at) {
      await takeUp.look(at);
      const scraped = await inTurns(targets, config.concurrency, (target) =>
        target.scrape(at, seriesLeft(targets, target, config.seriesLimit)),
      );
      if (closed) return false;
      unkept = scraped.find((one) => one.unkept !== null)?.unkept ?? null;
      if (unkept === null)
        await takeUp.tell(
          targets.map((target) => target.present()),
          at,
        );
      const outcome = outcomeOf(scraped, unkept, report().problem);
      for (const listener of listeners) listener();
      await deps.onPolled({ sourceId: config.id, at, outcome });
      if (outcome.kind !== 'scraped') return false;
      lastOkAt = at;
      return true;
    },
    report,
    tryNow: () => undefined,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closed = true;
      await Promise.all(targets.map((target) => target.close()));
    },
    end: (at) => endSeries(targets, by, at, deps),
  };
}

/** The limit is the source's: what the other targets had in their last scrape is not left for this one. */
function seriesLeft(targets: readonly TargetScrape[], target: TargetScrape, limit: number): number {
  const others = targets.reduce((sum, one) => sum + (one === target ? 0 : one.report().seriesCount), 0);
  return Math.max(0, limit - others);
}

async function endSeries(
  targets: readonly TargetScrape[],
  by: Bringer,
  at: number,
  deps: ExpositionPollDeps,
): Promise<void> {
  for (const target of targets) {
    try {
      await deps.keeper.end(target.key, by, at);
    } catch (thrown) {
      deps.log.warn({ target: target.key, problem: messageOf(thrown) }, 'the end of a target was not marked');
    }
  }
}

function outcomeOf(scraped: readonly Scraped[], unkept: string | null, problem: string | null): PollOutcome {
  const up = scraped.filter((one) => one.up).length;
  if (unkept !== null || up === 0)
    return { kind: 'failed', problem: problem ?? 'No target of this source could be scraped.' };
  return {
    kind: 'scraped',
    targetsUp: up,
    targetsDown: scraped.length - up,
    samples: scraped.reduce((sum, one) => sum + one.samples, 0),
  };
}
