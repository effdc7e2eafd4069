import type { ObjectiveStatus, PolicyRow, WindowBurn } from '../../shared/model/objective.ts';
import type { DataPolicy, Finding, Observation } from '../../shared/model/observation.ts';
import type { Priority } from '../../shared/model/priority.ts';
import { errorRate, REASON_WINDOW_MS, windowOf } from './math/index.ts';

/** What the stage remembers beside a status. */
export interface ObservationMemory {
  /** The row that last held; null since the start. */
  readonly lastHeld: string | null;
  readonly problem: 'blind' | 'error' | null;
}

/** Half of a window seen is the least from which *it is over* can be said. */
const SEEN_TO_CLEAR = 0.5;

/** The status as the alert pipeline takes it. Never `clear` without data that says so. */
export function observeObjective(status: ObjectiveStatus, memory: ObservationMemory): Observation {
  const { objective } = status;
  const usable = status.rows.filter((row) => row.leftOut === null);
  const row =
    usable.find((one) => one.name === status.holding) ??
    usable.find((one) => one.name === memory.lastHeld) ??
    usable[0] ??
    null;
  const reason = windowOf(status.windows, REASON_WINDOW_MS);
  return {
    // The id of the configuration: a reload, evidence and blindness look alerts up by it.
    ruleId: objective.id,
    kind: 'burn',
    labels: { objective: objective.id, service: objective.service },
    service: objective.service,
    priority: row?.priority ?? leastUrgent(status.rows),
    title:
      status.state === 'no-data'
        ? `${objective.title} has no data`
        : `${objective.title} is burning its budget`,
    definedAt: objective.definedAt,
    at: status.evaluatedAt ?? 0,
    finding: findingOf(status, row, memory),
    // The windows are the hysteresis: the long one delays the start, the short one ends it.
    forMs: 0,
    keepFiringForMs: 0,
    onNoData: onNoData(status),
    onError: 'alert',
    failingShare: errorRate(reason?.bad ?? null, reason?.total ?? null),
    budgetConsumed: status.budgetConsumed,
    objectiveId: objective.id,
  };
}

function findingOf(status: ObjectiveStatus, row: PolicyRow | null, memory: ObservationMemory): Finding {
  const { reason } = status;
  switch (status.state) {
    case 'blind':
      return { kind: memory.problem === 'error' ? 'error' : 'blind', reason };
    case 'no-data':
      return { kind: 'no-data', reason };
    case 'starting':
      return { kind: 'between', value: 0, threshold: row?.threshold ?? 0, reason };
    case 'burning':
    case 'ok':
      break;
  }
  if (!row) return { kind: 'between', value: 0, threshold: 0, reason };
  const threshold = row.threshold;
  if (status.holding !== null) {
    const value = windowOf(status.windows, row.longMs)?.burnRate ?? 0;
    return { kind: status.heldBack === null ? 'holds' : 'held-back', value, threshold, reason };
  }
  const short = windowOf(status.windows, row.shortMs);
  if (!short || short.burnRate === null) {
    return { kind: 'no-data', reason: `No data in the ${row.name} row's short window; ${reason}` };
  }
  const long = windowOf(status.windows, row.longMs);
  const ended = isEnded(short, threshold) || (isWhole(short) && isWhole(long) && isEnded(long, threshold));
  return { kind: ended ? 'clear' : 'between', value: short.burnRate, threshold, reason };
}

/** The burn of a window partly seen is a lower bound: that it is low does not say that the burn has ended. */
function isEnded(window: WindowBurn | undefined, threshold: number): boolean {
  if (!window || window.burnRate === null || window.seenFraction < SEEN_TO_CLEAR) return false;
  return window.burnRate / window.seenFraction <= threshold;
}

/** Both windows seen whole, a row that does not hold is over, as PromQL has it: the long window may say so first. */
function isWhole(window: WindowBurn | undefined): boolean {
  return window !== undefined && window.seenFraction >= 1;
}

/**
 * A series that is gone is an alert; one that is there and counts nothing is a quiet service, whose firing alert stays
 * as it is until traffic tells. The short window says which: a month remembers a series long after it went, and where
 * it is there, its count is zero, not missing.
 */
function onNoData(status: ObjectiveStatus): DataPolicy {
  const short = windowOf(status.windows, REASON_WINDOW_MS);
  const isThere = short ? short.total !== null : status.windows.some((window) => window.total !== null);
  return isThere ? 'keep' : 'alert';
}

function leastUrgent(rows: readonly PolicyRow[]): Priority {
  return rows.at(-1)?.priority ?? 'P2';
}
