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
      if (page.location.hash === hash) return;
      // What is typed into a search is one place to come back to, not one for each letter.
      if (isSearch(page.location.hash) && isSearch(hash)) page.history.replaceState(null, '', hash);
      else page.location.hash = hash;
    },
  };
}

function isSearch(hash: string): boolean {
  return hash.startsWith('#/why');
}
