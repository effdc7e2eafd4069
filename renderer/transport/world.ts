import type { SessionWorld } from './session.ts';

/** The browser's own clock and timers, the one place where the session meets them. */
export const browserWorld: SessionWorld = {
  now: () => Date.now(),
  jitter: () => Math.random(),
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    return () => clearInterval(timer);
  },
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};
