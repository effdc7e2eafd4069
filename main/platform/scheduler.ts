import type { Clock } from './clock.ts';

export interface Repeat {
  readonly clock: Clock;
  readonly periodMs: number;
  /** Spread of the first run, 0 to 1 of a period, drawn by the caller: many sources must not be asked at one instant. */
  readonly phase: number;
  readonly task: (tick: Tick) => Promise<void> | void;
  readonly onError: (thrown: unknown) => void;
}

export interface Tick {
  /** When the run was due. */
  readonly dueAt: number;
  /** How late it began. */
  readonly lagMs: number;
  /** Runs that were due since the last one and did not take place. */
  readonly missed: number;
}

/**
 * Runs a task each period, never two at once. A run that is still going when the next is due makes that one missed,
 * and so does sleep: missed runs are counted and said, not caught up.
 */
export function repeat(options: Repeat): () => void {
  const { clock, periodMs } = options;
  let stopped = false;
  let cancel: () => void = () => undefined;
  const firstDueAt = clock.now() + Math.round(periodMs * options.phase);
  let dueAt = firstDueAt;

  const schedule = () => {
    cancel = clock.setTimeout(run, Math.max(0, dueAt - clock.now()));
  };
  const run = async () => {
    const late = Math.max(0, clock.now() - dueAt);
    const missed = Math.floor(late / periodMs);
    const tick: Tick = { dueAt: dueAt + missed * periodMs, lagMs: late - missed * periodMs, missed };
    dueAt = tick.dueAt + periodMs;
    try {
      await options.task(tick);
    } catch (thrown) {
      // What its own stop broke off has not failed.
      if (!stopped) options.onError(thrown);
    }
    // A clock that was set back must not stop the task for as long as it was set back.
    dueAt = Math.min(dueAt, clock.now() + periodMs);
    if (!stopped) schedule();
  };
  schedule();
  return () => {
    stopped = true;
    cancel();
  };
}
