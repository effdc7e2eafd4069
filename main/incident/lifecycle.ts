import { CodedError } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Incident, IncidentPhase, NewTimelineEntry } from '../../shared/model/incident.ts';
import { formatDuration } from '../../shared/unit/time.ts';

/** The actor of what nobody did by hand. */
export const MIDWATCH = 'midwatch';

/** The part of an incident that its lifecycle moves. */
export type LifecycleState = Pick<
  Incident,
  | 'phase'
  | 'openedAt'
  | 'acknowledgedAt'
  | 'acknowledgedBy'
  | 'mitigatedAt'
  | 'resolvedAt'
  | 'recoveredAt'
  | 'closedAt'
>;

export type LifecycleEvent =
  | { readonly kind: 'acknowledge'; readonly by: string }
  | { readonly kind: 'move'; readonly to: IncidentPhase; readonly by: string; readonly reason: string }
  /** The error rate is under budget; `sinceAt` is the first of the polls that say so. */
  | { readonly kind: 'recovered'; readonly sinceAt: number; readonly reason: string }
  | { readonly kind: 'relapsed'; readonly reason: string };

export interface LifecycleStep {
  readonly state: LifecycleState;
  readonly reason: string;
  /** What the timeline says of it; each transition has an entry. */
  readonly effects: readonly NewTimelineEntry[];
}

/** How a move is called on the timeline. */
type MoveKind = 'forward' | 'back' | 'reopen' | 'close' | 'merge' | 'cancel';
type Moves = Partial<Record<IncidentPhase, MoveKind>>;

const END: Moves = { closed: 'close', merged: 'merge', cancelled: 'cancel' };

/**
 * Each phase with the phases that may follow it; what is not listed is refused. Forward may skip: somebody may roll back
 * before anything else is said. Back is allowed from a mitigation that failed, but nothing becomes undetected again.
 */
export const TRANSITIONS: Readonly<Record<IncidentPhase, Moves>> = {
  triage: {
    detected: 'forward',
    responding: 'forward',
    mitigating: 'forward',
    resolving: 'forward',
    recovering: 'forward',
    ...END,
  },
  detected: {
    responding: 'forward',
    mitigating: 'forward',
    resolving: 'forward',
    recovering: 'forward',
    ...END,
  },
  responding: { mitigating: 'forward', resolving: 'forward', recovering: 'forward', ...END },
  mitigating: { resolving: 'forward', recovering: 'forward', responding: 'back', ...END },
  resolving: { recovering: 'forward', responding: 'back', mitigating: 'back', ...END },
  recovering: { postmortem: 'forward', responding: 'back', mitigating: 'back', resolving: 'back', ...END },
  postmortem: {
    closed: 'close',
    responding: 'back',
    mitigating: 'back',
    resolving: 'back',
    recovering: 'back',
  },
  closed: { responding: 'reopen' },
  merged: {},
  cancelled: {},
};

/** Over: no alert joins it, nothing is asked of anybody. */
export function isOver(phase: IncidentPhase): boolean {
  return phase === 'closed' || phase === 'merged' || phase === 'cancelled';
}

const AT_WORK: readonly IncidentPhase[] = ['triage', 'detected', 'responding', 'mitigating', 'resolving'];

/** True while somebody still has to make it better: before recovering. */
export function isAtWork(phase: IncidentPhase): boolean {
  return AT_WORK.includes(phase);
}

/** The next state, why, and what the timeline says; an unlisted pair is `transition-refused`. */
export function step(
  state: LifecycleState,
  event: LifecycleEvent,
  now: number,
): Result<LifecycleStep, CodedError> {
  switch (event.kind) {
    case 'acknowledge':
      return acknowledge(state, event.by, now);
    case 'move':
      return move(state, event.to, event.by, event.reason, now);
    case 'recovered':
      return recover(state, event.sinceAt, event.reason, now);
    case 'relapsed':
      return relapse(state, event.reason, now);
  }
}

function refused(state: LifecycleState, wish: string): { readonly ok: false; readonly error: CodedError } {
  const allowed = Object.keys(TRANSITIONS[state.phase]);
  const choice =
    allowed.length > 0 ? `From there it can become ${allowed.join(', ')}.` : 'Nothing follows that phase.';
  return err(
    new CodedError(
      'transition-refused',
      `The incident is ${state.phase}; ${wish} does not follow it. ${choice}`,
      {
        details: { phase: state.phase, wish, allowed },
      },
    ),
  );
}

/** A clock that was set back must not make anything happen before it began. */
function sinceWords(at: number, now: number): string {
  return formatDuration(Math.max(0, now - at));
}

function acknowledge(state: LifecycleState, by: string, now: number): Result<LifecycleStep, CodedError> {
  if (isOver(state.phase)) return refused(state, 'an acknowledgement');
  if (state.acknowledgedAt !== null)
    return ok({ state, reason: `acknowledged by ${state.acknowledgedBy ?? by} already`, effects: [] });
  const reason = `${by} acknowledged after ${sinceWords(state.openedAt, now)}`;
  const phase = state.phase === 'triage' || state.phase === 'detected' ? 'responding' : state.phase;
  const detail = phase === state.phase ? reason : `${reason}; ${state.phase} → ${phase}`;
  return ok({
    state: { ...state, phase, acknowledgedAt: now, acknowledgedBy: by },
    reason,
    effects: [{ at: now, kind: 'acknowledged', actor: by, title: 'Acknowledged', detail }],
  });
}

const MOVE_WORDS: Readonly<Record<MoveKind, string>> = {
  forward: '',
  back: 'Back: ',
  reopen: 'Reopened: ',
  close: '',
  merge: '',
  cancel: '',
};

function move(
  state: LifecycleState,
  to: IncidentPhase,
  by: string,
  reason: string,
  now: number,
): Result<LifecycleStep, CodedError> {
  const kind = TRANSITIONS[state.phase][to];
  if (!kind) return refused(state, to);
  const needsReason = kind !== 'forward' && !(kind === 'close' && state.phase === 'postmortem');
  if (needsReason && reason.trim() === '')
    return err(
      new CodedError(
        'reason-needed',
        `Say why: ${state.phase} → ${to} is recorded with its reason. Nothing was changed.`,
        {
          details: { from: state.phase, to },
        },
      ),
    );
  return ok({
    state: withTimes(state, to, kind, now),
    reason,
    effects: [
      {
        at: now,
        kind: 'phase',
        actor: by,
        title: `${MOVE_WORDS[kind]}${state.phase} → ${to}`,
        detail: reason,
      },
    ],
  });
}

/** Times follow the phase: the last mitigation that held is the one that counts, so going back takes it away. */
function withTimes(state: LifecycleState, to: IncidentPhase, kind: MoveKind, now: number): LifecycleState {
  const phased = { ...state, phase: to };
  if (kind === 'close' || kind === 'merge' || kind === 'cancel') return { ...phased, closedAt: now };
  if (kind === 'back' || kind === 'reopen') {
    const mitigatedAt = to === 'resolving' || to === 'recovering' ? state.mitigatedAt : null;
    const recoveredAt = to === 'recovering' ? state.recoveredAt : null;
    return {
      ...phased,
      mitigatedAt,
      recoveredAt,
      resolvedAt: recoveredAt && state.resolvedAt,
      closedAt: null,
    };
  }
  if (to === 'resolving') return { ...phased, mitigatedAt: now };
  if (to === 'recovering')
    return { ...phased, mitigatedAt: state.mitigatedAt ?? now, recoveredAt: state.recoveredAt ?? now };
  return phased;
}

function recover(
  state: LifecycleState,
  sinceAt: number,
  reason: string,
  now: number,
): Result<LifecycleStep, CodedError> {
  if (!isAtWork(state.phase)) return refused(state, 'a recovery');
  return ok({
    state: {
      ...state,
      phase: 'recovering',
      recoveredAt: now,
      // Where nobody said when the mitigation took hold, the first poll under budget did.
      mitigatedAt: state.mitigatedAt ?? Math.max(state.openedAt, sinceAt),
    },
    reason,
    effects: [
      {
        at: now,
        kind: 'recovered',
        actor: MIDWATCH,
        title: `Recovered after ${sinceWords(state.openedAt, now)}`,
        detail: `${reason}; ${state.phase} → recovering`,
      },
    ],
  });
}

function relapse(state: LifecycleState, reason: string, now: number): Result<LifecycleStep, CodedError> {
  if (TRANSITIONS[state.phase].mitigating !== 'back' || state.recoveredAt === null)
    return refused(state, 'a relapse');
  return ok({
    state: { ...state, phase: 'mitigating', mitigatedAt: null, resolvedAt: null, recoveredAt: null },
    reason,
    effects: [
      {
        at: now,
        kind: 'phase',
        actor: MIDWATCH,
        title: `Relapse: ${state.phase} → mitigating`,
        detail: `${reason}; it had recovered ${sinceWords(state.recoveredAt, now)} before`,
      },
    ],
  });
}
