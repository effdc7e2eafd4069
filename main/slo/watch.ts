import type { PolicyConfig } from '../../shared/config/policy.ts';
import { messageOf } from '../../shared/error/coded.ts';
import type { Correction } from '../../shared/model/correction.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { SECOND_MS } from '../../shared/unit/time.ts';
import type { Logger } from '../platform/index.ts';
import { countInBackground } from './background.ts';
import { createCarrier, laneOf } from './carry.ts';
import type { Asking, Problem } from './count.ts';
import { createLimit } from './limit.ts';
import type { ObjectivePlan } from './math/index.ts';
import { type Polled, pollObjective } from './poll-objective.ts';
import { pollSlices } from './poll-slices.ts';
import { type Tracker, track } from './tracker.ts';

/** What the caller knows of the source beside its answers. */
export interface EvaluationFacts {
  readonly pollMs: number;
  /** A sentence where the source is not to be trusted though queries may still answer, as when its scrape fails; else null. */
  readonly blind: string | null;
}

/** One objective at one poll, before the verdict: what was counted, or why nothing was. */
export interface WatchedItem {
  readonly objective: Objective;
  readonly plan: ObjectivePlan | null;
  readonly tracker: Tracker | null;
  readonly polled: Polled | null;
  readonly problem: Problem | null;
}

/** Holds what is remembered of each objective and asks for its counts; the background runs one job an objective. */
export interface Watch {
  poll(objective: Objective, target: QueryTarget, at: number, facts: EvaluationFacts): Promise<WatchedItem>;
  lastHeld(id: string): string | null;
  retain(ids: ReadonlySet<string>): void;
  idle(): Promise<void>;
}

/** Queries of the poll that are under way at once, and of the background: a backend is not ours alone. */
const POLL_QUERIES = 8;
const BACKGROUND_QUERIES = 2;
const POLL_TIMEOUT_MS = 10 * SECOND_MS;
const BACKGROUND_TIMEOUT_MS = 60 * SECOND_MS;

export interface WatchOptions {
  readonly policies: readonly PolicyConfig[];
  readonly log: Logger;
  /** The corrections of an objective's budget; none where nobody keeps them. */
  readonly corrections?: (objectiveId: string) => readonly Correction[];
}

export function createWatch(options: WatchOptions): Watch {
  const policies = new Map(options.policies.map((policy) => [policy.id, policy]));
  const trackers = new Map<string, Tracker>();
  const pollLimit = createLimit(POLL_QUERIES);
  const carrier = createCarrier();
  const backgroundLimit = createLimit(BACKGROUND_QUERIES);

  const trackingOf = (objective: Objective, at: number) => {
    const known = trackers.get(objective.id);
    const isOver = known?.period && (at >= known.period.endAt || at < known.period.startAt);
    if (known && !isOver && sameObjective(known.objective, objective))
      return { ok: true as const, tracker: known };
    const tracking = track(objective, policies.get(objective.policy), at);
    if (tracking.ok) {
      // A new calendar period begins with a whole budget; the alert that fires goes on.
      if (known && isOver) tracking.tracker.lastHeld = known.lastHeld;
      trackers.set(objective.id, tracking.tracker);
    }
    if (!tracking.ok) trackers.delete(objective.id);
    return tracking;
  };

  const startBackground = (tracker: Tracker, target: QueryTarget, pollMs: number, at: number) => {
    if (tracker.slow) return;
    const asking = { target, limit: backgroundLimit, timeoutMs: BACKGROUND_TIMEOUT_MS };
    const corrections = options.corrections?.(tracker.objective.id) ?? [];
    tracker.slow = countInBackground(tracker, asking, pollMs, at, corrections)
      .catch((thrown: unknown) => {
        const problem = messageOf(thrown);
        options.log.error({ objective: tracker.objective.id, problem }, 'counting failed');
        tracker.slowProblem = { kind: 'blind', message: `counting failed: ${problem}` };
      })
      .finally(() => {
        tracker.slow = null;
      });
  };

  return {
    async poll(objective, target, now, facts) {
      const at = now - (objective.evaluationDelayMs ?? 0);
      const tracking = trackingOf(objective, at);
      if (!tracking.ok) {
        return { objective, plan: tracking.plan, tracker: null, polled: null, problem: tracking.problem };
      }
      const { tracker } = tracking;
      const { plan } = tracker;
      if (facts.blind !== null) {
        return { objective, plan, tracker, polled: null, problem: { kind: 'blind', message: facts.blind } };
      }
      const carry = carrier(target, laneOf(objective), at);
      const asking: Asking = { target, limit: pollLimit, timeoutMs: POLL_TIMEOUT_MS };
      const polled =
        tracker.kind === 'slices'
          ? await pollSlices(tracker, asking, sliceInstant(objective, facts, at))
          : await pollObjective(tracker, carry ? { ...asking, carry } : asking, facts.pollMs, at);
      // A source that does not answer the poll is not asked for a month.
      if (polled.problem === null) startBackground(tracker, target, facts.pollMs, at);
      return { objective, plan, tracker, polled, problem: polled.problem ?? rowProblem(tracker, polled) };
    },
    lastHeld: (id) => trackers.get(id)?.lastHeld ?? null,
    retain(ids) {
      for (const id of trackers.keys()) if (!ids.has(id)) trackers.delete(id);
    },
    async idle() {
      for (;;) {
        const running = [...trackers.values()].flatMap((tracker) => tracker.slow ?? []);
        if (running.length === 0) return;
        await Promise.all(running);
      }
    },
  };
}

/** A slice is judged once and for all, so its last samples must be in: one poll later, or as late as the objective says. */
function sliceInstant(objective: Objective, facts: EvaluationFacts, at: number): number {
  return objective.evaluationDelayMs === undefined ? at - facts.pollMs : at;
}

/** A reload gives new objects for objectives that did not change; their counts need not be made again. */
function sameObjective(known: Objective, given: Objective): boolean {
  return known === given || JSON.stringify(known) === JSON.stringify(given);
}

/** A row whose window cannot be counted is not watching: that is said, and is never taken for a row that does not hold. */
function rowProblem(tracker: Tracker, polled: Polled): Problem | null {
  if (!tracker.slowProblem) return null;
  const isKnown = (windowMs: number) =>
    polled.counts[tracker.plan.windowsMs.indexOf(windowMs)]?.known ?? false;
  const blindRow = tracker.plan.rows.find(
    (row) => row.leftOut === null && !(isKnown(row.longMs) && isKnown(row.shortMs)),
  );
  if (!blindRow) return null;
  const { kind, message } = tracker.slowProblem;
  return { kind, message: `The ${blindRow.name} row is blind: ${message}` };
}
