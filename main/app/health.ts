import type { Health, WorkerHealth } from '../../shared/model/health.ts';
import { isWatching, type SourceStatus } from '../../shared/model/source.ts';
import type { LoopDelayFigures } from './loop-delay.ts';

export interface HealthFacts {
  readonly startedAt: number;
  readonly version: string;
  readonly workspace: Health['workspace'];
  readonly sources: readonly SourceStatus[];
  readonly workers: readonly WorkerHealth[];
  readonly loop: Pick<LoopDelayFigures, 'p99Ms' | 'maxMs' | 'minute'>;
  readonly pollingLagMs: number | null;
  readonly drops: readonly { readonly reason: string; readonly count: number }[];
  readonly logBytes: number | null;
  readonly metrics: { readonly bytes: number; readonly series: number } | null;
  readonly notifierProblem: string | null;
  /** What a person must hear of the databases: damage, a restoration, a file that was set aside. */
  readonly storeNotices: readonly string[];
  /** Why decisions do not reach people. */
  readonly chainProblem: string | null;
}

/** Puts Midwatch's own state together. Whatever keeps it from watching ends in the one loud sentence. */
export function healthOf(facts: HealthFacts): Health {
  return {
    id: 'core',
    startedAt: facts.startedAt,
    version: facts.version,
    workspace: { ...facts.workspace, problems: [...facts.storeNotices, ...facts.workspace.problems] },
    blind: blindness(facts),
    loopDelayP99Ms: facts.loop.p99Ms,
    loopDelayMaxMs: facts.loop.maxMs,
    loopDelayMinuteP99Ms: facts.loop.minute?.p99Ms ?? null,
    workers: [...facts.workers],
    pollingLagMs: facts.pollingLagMs,
    missedTicks: facts.sources.reduce((sum, source) => sum + source.missedTicks, 0),
    drops: [...facts.drops],
    logBytes: facts.logBytes,
    metricBytes: facts.metrics?.bytes ?? null,
    seriesCount: facts.metrics?.series ?? null,
    notifierProblem: facts.notifierProblem,
  };
}

function blindness({ sources, workers, chainProblem }: HealthFacts): string | null {
  const dead = workers.filter((worker) => worker.condition === 'dead');
  if (dead.length > 0) {
    const names = dead.map((worker) => worker.name).join(', ');
    return `Not watching in full: the ${names} ${dead.length === 1 ? 'worker is' : 'workers are'} down (${dead[0]?.lastProblem ?? 'no reason given'}) and being restarted.`;
  }
  if (chainProblem !== null) return chainProblem;
  const judged = sources.filter((source) => source.condition !== 'starting');
  if (
    judged.length > 0 &&
    judged.length === sources.length &&
    !judged.some((source) => isWatching(source.condition))
  ) {
    return 'Not watching: no source answers. Nothing that they would show can page you.';
  }
  return null;
}
