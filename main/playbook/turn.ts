import { CodedError } from '../../shared/error/coded.ts';

/** One command at a time: a second one is refused and not queued, because it was meant for what the first one changes. */
export interface Turn {
  take<T>(command: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Aborts the command under way and waits until it has ended. */
  interrupt(): Promise<void>;
}

export function createTurn(): Turn {
  let under: { readonly abort: AbortController; readonly ended: Promise<void> } | null = null;
  return {
    async take(command) {
      if (under)
        throw new CodedError(
          'step-running',
          'A step of this run is under way; wait for it, or stop the run.',
        );
      const { promise: ended, resolve: end } = Promise.withResolvers<void>();
      const abort = new AbortController();
      under = { abort, ended };
      try {
        return await command(abort.signal);
      } finally {
        under = null;
        end();
      }
    },
    async interrupt() {
      under?.abort.abort();
      await under?.ended;
    },
  };
}
