import type { Alert } from '../../../shared/model/alert.ts';
import { priorityRank } from '../../../shared/model/priority.ts';
import { formatDuration, formatInstant, MINUTE_MS } from '../../../shared/unit/time.ts';
import type { Cause, HoldStage } from './hold-stage.ts';
import { isAlerting, memoryOf } from './memory.ts';
import type { ServiceGraph } from './service-graph.ts';

/** A cause that shows up this much later still folds the page that was sent of its effect. */
export const CORRECTION_MS = 5 * MINUTE_MS;

/** Holds what follows from something that people have been told already; domain terms, section 3. */
export const suppress: HoldStage = {
  name: 'suppress',
  decide(alert, { causeOf }) {
    const cause = causeOf(alert);
    if (!cause)
      return {
        hold: null,
        reason: `Nothing that ${alert.service} depends on explains it.`,
        definedAt: null,
      };
    const { title, service, priority, definedAt, id } = cause.alert;
    const when =
      cause.earlierMs >= 0
        ? `since ${beginningOf(cause.alert)}, ${formatDuration(cause.earlierMs)} before this`
        : `since ${beginningOf(cause.alert)}, ${formatDuration(-cause.earlierMs)} after this`;
    const reason = `Follows from ${priority} ${service}: ${title}, which fires ${when} and was said; ${alert.service} depends on ${service}.`;
    return { hold: { by: id, reason, causeId: id, covers: false }, reason, definedAt };
  },
};

const beginnings = new WeakMap<Alert, string>();

/** Written once for each cause: in a storm thousands of alerts follow from one, and all are asked at each tick. */
function beginningOf(cause: Alert): string {
  const text = beginnings.get(cause) ?? formatInstant(startOf(cause));
  beginnings.set(cause, text);
  return text;
}

/** Since when the condition of an alert has held. */
export function startOf(alert: Alert): number {
  return alert.activeSinceAt ?? alert.firedAt ?? alert.lastEvaluatedAt;
}

/** Causes as they are now: what is said, held or over in a round moves at once. */
export interface CauseIndex {
  /** Takes note of an alert as it is now. */
  put(alert: Alert): void;
  /** What explains this alert, the earliest first; null where nothing does. */
  causeOf(alert: Alert): Cause | null;
  /** Whether `cause` would explain `effect` as soon as it was said. */
  wouldExplain(cause: Alert, effect: Alert): boolean;
}

export function causeIndex(graph: ServiceGraph, causalWindowMs: number): CauseIndex {
  const byService = new Map<string, Map<string, Alert>>();
  const dependsOn = (one: string, other: string) => graph.dependencies(one).has(other);
  /** Of two whose services are known to depend so; `back`: the cause's depends on the effect's as well. */
  const explains = (cause: Alert, effect: Alert, back: boolean): boolean => {
    if (cause.id === effect.id || priorityRank(cause.priority) > priorityRank(effect.priority)) return false;
    const earlierMs = startOf(effect) - startOf(cause);
    if (earlierMs >= 0)
      return earlierMs <= causalWindowMs && (earlierMs > 0 || precedes(cause, effect, graph));
    // Within a cycle the one that was first is the cause, or each would explain the other.
    return -earlierMs <= CORRECTION_MS && !back;
  };
  return {
    put(alert) {
      const known = byService.get(alert.service);
      if (!isCause(alert)) return void known?.delete(alert.id);
      if (known) known.set(alert.id, alert);
      else byService.set(alert.service, new Map([[alert.id, alert]]));
    },
    causeOf(effect) {
      let first: Alert | null = null;
      // The fewer of the two are walked: a storm has many alerts and few causes, a deep graph many dependencies.
      const reach = graph.dependencies(effect.service);
      for (const service of reach.size < byService.size ? reach : byService.keys()) {
        const alerts = reach.has(service) ? byService.get(service) : undefined;
        if (!alerts || alerts.size === 0) continue;
        const back = dependsOn(service, effect.service);
        for (const one of alerts.values())
          if (explains(one, effect, back) && (first === null || precedes(one, first, graph))) first = one;
      }
      return first && { alert: first, earlierMs: startOf(effect) - startOf(first) };
    },
    wouldExplain: (cause, effect) =>
      dependsOn(effect.service, cause.service) &&
      explains(cause, effect, dependsOn(cause.service, effect.service)),
  };
}

/** It fires, and somebody was told of it; or it is planned work whose window says that dependents are covered. */
function isCause(alert: Alert): boolean {
  if (!isAlerting(alert) || alert.phase !== 'firing') return false;
  const { hold, notifiedAt } = memoryOf(alert);
  if (hold) return hold.stage === 'maintenance' && hold.covers;
  // A route without receivers tells nobody, and what nobody knows explains nothing.
  return (notifiedAt !== null && alert.receivers.length > 0) || alert.acknowledgement !== null;
}

/** A strict order: earlier start, then deeper in the graph, then name. Without ties two alerts cannot explain each other. */
export function precedes(a: Alert, b: Alert, graph: ServiceGraph): boolean {
  const order = startOf(a) - startOf(b) || deeper(a.service, b.service, graph) || compareText(a.id, b.id);
  return order < 0;
}

function deeper(a: string, b: string, graph: ServiceGraph): number {
  return a === b ? 0 : graph.height(a) - graph.height(b) || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
