import type { Clock, Logger } from '../platform/index.ts';
import type { SourceFailure } from './failure.ts';
import { isFailing, type SourceEvent, type SourceState, startingState, step } from './state.ts';

/** One server's state with its listeners: what a request learns is told here, and everybody sees the same. */
export interface Watched {
  state(): SourceState;
  answered(latencyMs: number): void;
  failed(failure: SourceFailure, startedAt: number): void;
  tryNow(): void;
  /** Why nothing is asked just now: the stored failure, until its wait is over. */
  waiting(): SourceFailure | undefined;
  onChange(listener: (state: SourceState) => void): () => void;
}

export interface WatchedOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  readonly slowAfterMs: number;
}

export function createWatched(options: WatchedOptions): Watched {
  const { clock, log } = options;
  const listeners = new Set<(state: SourceState) => void>();
  let state = startingState(clock.now());
  const apply = (event: SourceEvent) => {
    const before = state.condition;
    const next = step(state, event, clock.now());
    state = next.state;
    if (before === state.condition) return;
    log.info({ from: before, to: state.condition, reason: next.reason }, 'a source changed its condition');
    for (const listener of listeners) listener(state);
  };
  return {
    state: () => state,
    answered: (latencyMs) => apply({ kind: 'answered', latencyMs, slowAfterMs: options.slowAfterMs }),
    failed: (failure, startedAt) => apply({ kind: 'failed', failure, startedAt, jitter: options.random() }),
    tryNow: () => apply({ kind: 'try-now' }),
    waiting: () => (isFailing(state) && clock.now() < state.nextTryAt ? state.failure : undefined),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
