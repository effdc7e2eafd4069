import { messageOf } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective, ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Observation } from '../../shared/model/observation.ts';
import type { WorkerHandle } from '../platform/index.ts';
import { correctedStatus } from './correct.ts';
import type { Problem } from './count.ts';
import type { Decision } from './math/index.ts';
import { observeObjective } from './observe.ts';
import { packCases, type SloApi } from './slo-api.ts';
import { blindStatus, statusOf } from './status.ts';
import { createWatch, type EvaluationFacts, type WatchedItem, type WatchOptions } from './watch.ts';

/** The stage of objectives: counts, has the worker decide, and says what the alert pipeline needs to know. */
export interface Objectives {
  /** The status of each, in the given order. Long windows are counted beside it and serve from the next call on. */
  evaluate(
    objectives: readonly Objective[],
    target: QueryTarget,
    at: number,
    facts: EvaluationFacts,
  ): Promise<ObjectiveStatus[]>;
  observe(status: ObjectiveStatus): Observation;
  /** Forgets the objectives that are not named: after a reload. */
  retain(ids: ReadonlySet<string>): void;
  /** Settles when nothing is being counted in the background: for scenarios, replay and shutdown. */
  idle(): Promise<void>;
}

export interface ObjectivesOptions extends WatchOptions {
  readonly worker: WorkerHandle<SloApi>;
}

export function createObjectives(options: ObjectivesOptions): Objectives {
  const watch = createWatch(options);
  const problems = new Map<string, Problem>();

  const finish = (item: WatchedItem, verdict: Verdict, at: number): ObjectiveStatus => {
    const { objective, plan, tracker, polled } = item;
    const problem = item.problem ?? verdict.problem;
    if (verdict.decision && tracker && polled) {
      tracker.lastHeld = verdict.decision.holding ?? tracker.lastHeld;
      if (verdict.decision.state === 'blind' && problem) problems.set(objective.id, problem);
      else problems.delete(objective.id);
      return correctedStatus(statusOf(tracker, polled, verdict.decision, at), tracker);
    }
    const said = problem ?? { kind: 'blind', message: 'No verdict was made at this poll.' };
    problems.set(objective.id, said);
    return blindStatus(objective, plan, tracker, said, at);
  };

  return {
    async evaluate(objectives, target, at, facts) {
      const items = await Promise.all(objectives.map((one) => watch.poll(one, target, at, facts)));
      const verdicts = await decideAll(options, items);
      return items.map((item, index) =>
        finish(item, verdicts[index] ?? { decision: null, problem: null }, at),
      );
    },
    observe: (status) =>
      observeObjective(status, {
        lastHeld: watch.lastHeld(status.objective.id),
        problem: problems.get(status.objective.id)?.kind ?? null,
      }),
    retain(ids) {
      watch.retain(ids);
      for (const id of problems.keys()) if (!ids.has(id)) problems.delete(id);
    },
    idle: watch.idle,
  };
}

interface Verdict {
  readonly decision: Decision | null;
  readonly problem: Problem | null;
}

/** One call for all objectives; where the worker does not answer, each of them is blind and none has a verdict. */
async function decideAll(options: ObjectivesOptions, items: readonly WatchedItem[]): Promise<Verdict[]> {
  const cases = items.flatMap(({ plan, polled, problem }, place) =>
    plan && polled ? [{ place, plan, counts: polled.counts, problem: problem?.message ?? null }] : [],
  );
  const verdicts: Verdict[] = items.map(() => ({ decision: null, problem: null }));
  if (cases.length === 0) return verdicts;
  try {
    const decisions = await options.worker.call.decide(packCases(cases));
    cases.forEach(({ place }, index) => {
      verdicts[place] = { decision: decisions[index] ?? null, problem: null };
    });
    return verdicts;
  } catch (thrown) {
    // Whatever kept the worker from answering: what it was deciding is unknown.
    options.log.error({ problem: messageOf(thrown) }, 'burn rates were not decided');
    const message = `${messageOf(thrown)} No verdict was made at this poll; the next one decides again.`;
    return items.map(() => ({ decision: null, problem: { kind: 'blind', message } }));
  }
}
