import { CLOCK_SET_BACK_MS } from './rule/validate.ts';

/** The pauses between two rounds: while Midwatch sleeps or is held up, it looks at nothing. */
export interface Pauses {
  /** A round takes place; false where a later one did before it, whose view of the sources stands. */
  round(now: number): boolean;
  /** When the latest pause of this length or longer ended; −∞ where there was none. */
  lookingSince(pauseMs: number): number;
}

/** Shorter ones are rounds that came a little late. */
const PAUSE_MIN_MS = 5_000;
/** Of several pauses in a row, a short one must not make the long one before it forgotten. */
const KEPT = 32;

export function createPauses(): Pauses {
  const pauses: { readonly lengthMs: number; readonly endedAt: number }[] = [];
  let last: number | undefined;
  return {
    round(now) {
      const lengthMs = now - (last ?? now);
      // Rounds of several sources overtake each other; a clock that was set back is another matter.
      if (lengthMs < 0 && lengthMs > -CLOCK_SET_BACK_MS) return false;
      last = now;
      if (lengthMs >= PAUSE_MIN_MS) pauses.push({ lengthMs, endedAt: now });
      if (pauses.length > KEPT) pauses.shift();
      return true;
    },
    lookingSince: (pauseMs) =>
      pauses.findLast((one) => one.lengthMs >= pauseMs)?.endedAt ?? Number.NEGATIVE_INFINITY,
  };
}
