import type { Clock } from '../platform/index.ts';

/** Work that is asked for more often than it may be done: at once after a pause, at most once in a time otherwise. */
export interface Pace {
  /** There is something to do. Never waits for a timer when nothing was done for a while. */
  nudge(): void;
  stop(): void;
}

/** @param work never rejects; what is asked for while it runs is done once more after it */
export function createPace(
  clock: Pick<Clock, 'monotonic' | 'setTimeout'>,
  everyMs: number,
  work: () => Promise<void>,
): Pace {
  let lastMs = Number.NEGATIVE_INFINITY;
  let phase: 'idle' | 'waiting' | 'running' | 'stopped' = 'idle';
  let again = false;
  let cancel: () => void = () => undefined;
  const isStopped = () => phase === 'stopped';

  const run = async () => {
    phase = 'running';
    lastMs = clock.monotonic();
    again = false;
    await work();
    if (isStopped()) return;
    phase = 'idle';
    if (again) nudge();
  };
  const nudge = () => {
    if (phase === 'stopped' || phase === 'waiting') return;
    if (phase === 'running') {
      again = true;
      return;
    }
    const waitMs = lastMs + everyMs - clock.monotonic();
    if (waitMs <= 0) {
      void run();
      return;
    }
    phase = 'waiting';
    cancel = clock.setTimeout(run, waitMs);
  };
  return {
    nudge,
    stop() {
      phase = 'stopped';
      cancel();
    },
  };
}
