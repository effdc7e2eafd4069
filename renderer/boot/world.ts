import type { CoreWorld } from '../state/core.ts';
import { browserWorld } from '../transport/world.ts';

const HIDDEN_FRAME_MS = 200;

/** The window's timers and frames. A hidden page gets no frames, yet must go on: it speaks to screen readers and pages. */
export function windowWorld(page: Window): CoreWorld {
  return {
    ...browserWorld,
    nextFrame: (run) => {
      if (page.document.hidden) page.setTimeout(run, HIDDEN_FRAME_MS);
      else page.requestAnimationFrame(run);
    },
    later: (ms, run) => {
      const timer = page.setTimeout(run, ms);
      return () => page.clearTimeout(timer);
    },
    setHash: (hash) => {
      if (page.location.hash !== hash) page.location.hash = hash;
    },
  };
}
