import { assertNever } from '../../../shared/error/result.ts';
import type { Alert, AlertPhase, StageVerdict, UnsettledChange } from '../../../shared/model/alert.ts';
import type { Observation } from '../../../shared/model/observation.ts';
import { type Priority, priorityRank } from '../../../shared/model/priority.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { isAlerting, memoryOf, moreUrgent, remember } from './memory.ts';
import { heldMs, patienceMs, sawAt, unknownAt, unseenNote } from './sight.ts';
import { verdictOf } from './stage.ts';

export interface StepContext {
  readonly now: number;
  /** The time between two evaluations of this rule, as planned. */
  readonly pollEveryMs: number;
  /** A tier-1 service that goes blind is a P0. */
  readonly tier1: boolean;
}

/** News for those who act on alerts; kept with the alert until they have taken it over. */
export interface StepEffect {
  readonly kind: 'change';
  readonly change: UnsettledChange['change'];
  readonly previous: AlertPhase;
}

export interface Step {
  readonly alert: Alert;
  readonly verdicts: readonly StageVerdict[];
  readonly effects: readonly StepEffect[];
}

/**
 * inactive → pending (`for`) → firing → resolved; *no data* and *error* alert by their own policy. Times are stored,
 * flags derived. What is unknown never resolves anything, and a firing alert ends only with a clear condition.
 */
export function step(before: Alert, observation: Observation, context: StepContext): Step {
  const alert = described(before, observation);
  const { finding } = observation;
  const move: Move = { alert, observation, context };
  switch (finding.kind) {
    case 'holds':
      return holds(move, true, finding.reason);
    case 'held-back':
      return holds(move, false, finding.reason);
    case 'between':
      return between(move, finding.reason);
    case 'clear':
      return clear(move, finding.reason);
    case 'no-data':
      return unknown(move, 'no_data', observation.onNoData, finding.reason);
    case 'error':
      return unknown(move, 'error', observation.onError, finding.reason);
    case 'blind':
      return stay(remember(before, { gap: true }), move, 'held', `Blind, no verdict: ${finding.reason}`);
    default:
      return assertNever(finding);
  }
}

/** A rule that is gone watches nothing any more: its alert ends, and says so. */
export function removeRule(alert: Alert, now: number): Step {
  const reason = 'Rule removed: it is no longer in the configuration, so nothing decides on this alert.';
  const ended = resolve(alert, now, reason);
  const verdicts = [verdictOf('state', 'resolved', reason, now, alert.definedAt)];
  if (!isAlerting(alert)) return { alert: { ...ended, phase: 'inactive' }, verdicts, effects: [] };
  return { alert: ended, verdicts, effects: [{ kind: 'change', change: 'resolved', previous: alert.phase }] };
}

interface Move {
  readonly alert: Alert;
  readonly observation: Observation;
  readonly context: StepContext;
}

function holds(move: Move, mayFire: boolean, reason: string): Step {
  const { observation, context } = move;
  const { at } = observation;
  const seen = sawAt(move.alert, at, context.pollEveryMs);
  // While there was no data nothing held: the condition begins with the data.
  const begins = seen.activeSinceAt === null || seen.phase === 'no_data' || seen.phase === 'error';
  const active = remember(
    { ...seen, activeSinceAt: begins ? at : seen.activeSinceAt, reason },
    { clearSinceAt: null, ...(begins ? { unseenMs: 0 } : {}) },
  );
  if (active.phase === 'firing') {
    const raised = raisePriority(active, observation.priority);
    if (raised === active) return stay(active, move, 'pass', `Firing: ${reason}`);
    return changed(raised, move, 'priority-raised', 'fired', `Raised to ${raised.priority}: ${reason}`);
  }
  const held = heldMs(active, at);
  const due = mayFire && held >= observation.forMs;
  if (due) {
    const waited = observation.forMs > 0 ? ` for ${formatDuration(held)}${unseenNote(active)}` : '';
    return changed(
      fire(active, 'firing', observation.priority, at),
      move,
      'fired',
      'fired',
      `Holds${waited}: ${reason}`,
    );
  }
  const waits = mayFire
    ? `Holds for ${formatDuration(held)} of ${formatDuration(observation.forMs)}${unseenNote(active)}: ${reason}`
    : `Held back: ${reason}`;
  if (isAlerting(active)) {
    const back = { ...resolve(active, at, `Data are back. ${reason}`), activeSinceAt: active.activeSinceAt };
    return changed({ ...back, phase: 'pending' }, move, 'resolved', 'resolved', `Data are back. ${waits}`);
  }
  return stay({ ...active, phase: 'pending', priority: observation.priority }, move, 'held', waits);
}

function between(move: Move, reason: string): Step {
  const { observation, context } = move;
  const seen = sawAt(move.alert, observation.at, context.pollEveryMs);
  if (seen.phase === 'firing') {
    const firing = remember({ ...seen, reason }, { clearSinceAt: null });
    return stay(firing, move, 'pass', `Firing; neither fires nor resolves: ${reason}`);
  }
  return quiet(seen, move, reason);
}

function clear(move: Move, reason: string): Step {
  const { observation, context } = move;
  const { at, keepFiringForMs } = observation;
  const seen = sawAt(move.alert, at, context.pollEveryMs);
  if (seen.phase !== 'firing') return quiet(seen, move, reason);
  const clearSinceAt = memoryOf(seen).clearSinceAt ?? at;
  const clearMs = at - clearSinceAt;
  if (clearMs < keepFiringForMs) {
    const kept = remember({ ...seen, reason }, { clearSinceAt });
    const said = `Clear for ${formatDuration(clearMs)} of ${formatDuration(keepFiringForMs)}, keeps firing: ${reason}`;
    return stay(kept, move, 'held', said);
  }
  return changed(resolve(seen, at, reason), move, 'resolved', 'resolved', `Clear: ${reason}`);
}

/** The condition is seen and does not hold: what was pending is over, and so is *no data*. */
function quiet(seen: Alert, move: Move, reason: string): Step {
  const { at } = move.observation;
  if (isAlerting(seen)) {
    return changed(resolve(seen, at, reason), move, 'resolved', 'resolved', `Data are back: ${reason}`);
  }
  const was = seen.phase === 'pending' ? 'No longer pending: ' : '';
  const phase = seen.phase === 'pending' ? 'inactive' : seen.phase;
  const rested = remember(
    { ...seen, phase, activeSinceAt: null, reason },
    { unseenMs: 0, clearSinceAt: null },
  );
  return stay(rested, move, 'pass', `${was}${reason}`);
}

function unknown(
  move: Move,
  phase: 'no_data' | 'error',
  policy: Observation['onNoData'],
  reason: string,
): Step {
  const { observation, context } = move;
  const { at, forMs } = observation;
  const what = phase === 'no_data' ? 'No data' : 'Could not be evaluated';
  if (policy === 'ok') return clear(move, `${what}, which this rule counts as fine: ${reason}`);
  if (policy === 'keep') {
    const kept = remember({ ...move.alert, lastEvaluatedAt: at }, { gap: true });
    return stay(kept, move, 'held', `${what}, this rule keeps its state: ${reason}`);
  }
  const alert = unknownAt(move.alert, at, context.pollEveryMs);
  const unknownMs = at - (memoryOf(alert).unknownSinceAt ?? at);
  const patience = patienceMs(forMs, context.pollEveryMs);
  const said = `${what} for ${formatDuration(unknownMs)}: ${reason}`;
  const priority: Priority = context.tier1 ? 'P0' : 'P1';
  if (isAlerting(alert)) {
    const note = alert.phase === 'firing' ? `${said}. It was firing and is not known to be over.` : said;
    const raised = unknownMs >= patience ? raisePriority(alert, priority) : alert;
    if (raised === alert) return stay({ ...alert, reason: note }, move, 'held', note);
    return changed(
      { ...raised, reason: note },
      move,
      'priority-raised',
      'fired',
      `Raised to ${priority}: ${note}`,
    );
  }
  if (unknownMs < patience) {
    const waits = `${said}; alerts after ${formatDuration(patience)}.`;
    return stay({ ...alert, phase: 'pending', reason: said }, move, 'held', waits);
  }
  const lost = fire(
    // The unseen time that was counted belongs to the condition before, not to this one.
    remember({ ...alert, activeSinceAt: memoryOf(alert).unknownSinceAt, reason: said }, { unseenMs: 0 }),
    phase,
    priority,
    at,
  );
  return changed(lost, move, 'no-data', 'fired', said);
}

/** Text and numbers follow the rule at each evaluation; who owns an active alert does not change. */
function described(alert: Alert, observation: Observation): Alert {
  const { finding } = observation;
  const free =
    alert.phase === 'inactive' || alert.phase === 'resolved' || alert.ruleId === observation.ruleId;
  const rule = free
    ? {
        ruleId: observation.ruleId,
        kind: observation.kind,
        title: observation.title,
        service: observation.service,
        definedAt: observation.definedAt,
      }
    : {};
  const measured =
    'value' in finding ? { value: finite(finding.value), threshold: finite(finding.threshold) } : {};
  return remember(
    { ...alert, ...rule, labels: observation.labels, ...measured },
    {
      failingShare: observation.failingShare,
      budgetConsumed: observation.budgetConsumed ?? null,
      objectiveId: observation.objectiveId,
    },
  );
}

/** Infinity is a value in PromQL, but none that can be stored, drawn or compared with what it was. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** Within one episode an alert only gets more urgent: a row that comes and goes must not page each time. */
function raisePriority(alert: Alert, priority: Priority): Alert {
  if (moreUrgent(alert.priority, priority) === alert.priority) return alert;
  const broken = alert.acknowledgement
    ? `; the acknowledgement by ${alert.acknowledgement.by} is broken`
    : '';
  const renotify = {
    reason: `priority raised from ${alert.priority} to ${priority}${broken}`,
    silent: false,
  };
  const said = memoryOf(alert).notifiedAt !== null;
  return remember(
    { ...alert, priority, acknowledgement: null },
    {
      acknowledgedValue: null,
      ...(said ? { renotify } : {}),
    },
  );
}

/** As many as the rule on flapping may ask for, and one more. */
const FIRINGS_KEPT = 21;

function fire(alert: Alert, phase: 'firing' | 'no_data' | 'error', priority: Priority, at: number): Alert {
  return remember(
    {
      ...alert,
      phase,
      priority,
      firedAt: at,
      resolvedAt: null,
      // A new episode belongs to no incident until one takes it; from *no data* to firing it is the same one.
      incidentId: isAlerting(alert) ? alert.incidentId : null,
      acknowledgement: null,
    },
    {
      firings: [...memoryOf(alert).firings, at].slice(-FIRINGS_KEPT),
      clearSinceAt: null,
      acknowledgedValue: null,
      notifiedAt: null,
      renotify: null,
      // Whoever heard of the firing before this one still waits for its end, should this one never be said.
      resolutionOwed: isOwed(alert),
    },
  );
}

function isOwed(alert: Alert): boolean {
  const { notifiedAt, resolutionOwed } = memoryOf(alert);
  return resolutionOwed || notifiedAt !== null;
}

function resolve(alert: Alert, at: number, reason: string): Alert {
  return remember(
    { ...alert, phase: 'resolved', resolvedAt: at, activeSinceAt: null, acknowledgement: null, reason },
    {
      clearSinceAt: null,
      unknownSinceAt: null,
      unseenMs: 0,
      acknowledgedValue: null,
      renotify: null,
      resolutionOwed: isOwed(alert),
    },
  );
}

function stay(alert: Alert, { observation, context }: Move, outcome: 'pass' | 'held', reason: string): Step {
  return {
    alert,
    verdicts: [verdictOf('state', outcome, reason, context.now, observation.definedAt)],
    effects: [],
  };
}

function changed(
  alert: Alert,
  { observation, context, alert: before }: Move,
  change: UnsettledChange['change'],
  outcome: 'fired' | 'resolved',
  reason: string,
): Step {
  return {
    alert,
    verdicts: [verdictOf('state', outcome, reason, context.now, observation.definedAt)],
    effects: [{ kind: 'change', change, previous: before.phase }],
  };
}

/** Sorts the most urgent first, then the one that has fired longest. */
export function byUrgency(a: Alert, b: Alert): number {
  return (
    priorityRank(a.priority) - priorityRank(b.priority) ||
    (a.firedAt ?? Number.POSITIVE_INFINITY) - (b.firedAt ?? Number.POSITIVE_INFINITY) ||
    (a.id < b.id ? -1 : 1)
  );
}
