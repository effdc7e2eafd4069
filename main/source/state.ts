import { assertNever } from '../../shared/error/result.ts';
import { type BackOff, backOffMs, DEFAULT_BACK_OFF } from './back-off.ts';
import type { SourceFailure } from './failure.ts';

interface Seen {
  readonly sinceAt: number;
  readonly lastTryAt: number | null;
  readonly lastOkAt: number | null;
  readonly latencyMs: number | null;
}

/**
 * What is known of one server. `starting` is neither good nor bad: nothing has been tried. A failing one keeps its
 * reason and when it is asked again; until then requests are answered with that reason.
 */
export type SourceState =
  | (Seen & { readonly condition: 'starting' })
  | (Seen & { readonly condition: 'ok' })
  | (Seen & { readonly condition: 'slow'; readonly slowAfterMs: number })
  | (Seen & {
      readonly condition: SourceFailure['condition'];
      readonly failure: SourceFailure;
      /** In a row. */
      readonly failures: number;
      readonly nextTryAt: number;
    });

export type FailingState = Extract<SourceState, { readonly failure: SourceFailure }>;

export type SourceEvent =
  | { readonly kind: 'answered'; readonly latencyMs: number; readonly slowAfterMs: number }
  | {
      readonly kind: 'failed';
      readonly failure: SourceFailure;
      /** When the request began: of many that fail together only the first counts for the back-off. */
      readonly startedAt: number;
      /** 0 to 1, drawn by the caller. */
      readonly jitter: number;
      readonly backOff?: BackOff;
    }
  /** A person asks to try now. */
  | { readonly kind: 'try-now' };

export interface SourceStep {
  readonly state: SourceState;
  /** Why the condition changed; null where it did not. */
  readonly reason: string | null;
}

export function startingState(now: number): SourceState {
  return { condition: 'starting', sinceAt: now, lastTryAt: null, lastOkAt: null, latencyMs: null };
}

export function isFailing(state: SourceState): state is FailingState {
  return 'failure' in state;
}

export function step(state: SourceState, event: SourceEvent, now: number): SourceStep {
  switch (event.kind) {
    case 'answered':
      return answered(state, event, now);
    case 'failed':
      return failed(state, event, now);
    case 'try-now':
      return { state: isFailing(state) ? { ...state, nextTryAt: now } : state, reason: null };
    default:
      return assertNever(event);
  }
}

function answered(
  state: SourceState,
  event: Extract<SourceEvent, { kind: 'answered' }>,
  now: number,
): SourceStep {
  // Half of the limit to become quick again: a latency at the limit must not flicker.
  const limitMs = state.condition === 'slow' ? event.slowAfterMs / 2 : event.slowAfterMs;
  const condition = event.latencyMs > limitMs ? 'slow' : 'ok';
  const changed = condition !== state.condition;
  const seen: Seen = {
    sinceAt: changed ? now : state.sinceAt,
    lastTryAt: now,
    lastOkAt: now,
    latencyMs: event.latencyMs,
  };
  return {
    state:
      condition === 'slow' ? { ...seen, condition, slowAfterMs: event.slowAfterMs } : { ...seen, condition },
    reason: changed ? `it answered in ${Math.round(event.latencyMs)} ms` : null,
  };
}

function failed(
  state: SourceState,
  event: Extract<SourceEvent, { kind: 'failed' }>,
  now: number,
): SourceStep {
  const { failure } = event;
  const changed = state.condition !== failure.condition;
  const sameWave =
    isFailing(state) && state.lastTryAt !== null && event.startedAt <= state.lastTryAt && !changed;
  const failures = isFailing(state) ? state.failures + (sameWave ? 0 : 1) : 1;
  const waitMs = backOffMs(failures, event.jitter, failure.retryAfterMs, event.backOff ?? DEFAULT_BACK_OFF);
  return {
    state: {
      condition: failure.condition,
      sinceAt: changed ? now : state.sinceAt,
      lastTryAt: now,
      lastOkAt: state.lastOkAt,
      latencyMs: state.latencyMs,
      failure,
      failures,
      nextTryAt: sameWave ? Math.max(state.nextTryAt, now + (failure.retryAfterMs ?? 0)) : now + waitMs,
    },
    reason: changed ? failure.problem : null,
  };
}
