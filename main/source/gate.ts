import type { Clock } from '../platform/index.ts';

/** Lets at most so many at one time through, and so many in a time, in order of arrival. */
export interface Gate {
  /** Answers how to leave; undefined where too many wait already. */
  enter(): Promise<(() => void) | undefined>;
}

/** So many may enter in the time; whoever comes then waits for the earliest of them to be that old. */
export interface GateRate {
  readonly requests: number;
  readonly perMs: number;
  readonly clock: Pick<Clock, 'monotonic' | 'setTimeout'>;
}

/** @param waitingMax more than these are turned away: a queue without end is a leak with a delay */
export function createGate(openings: number, waitingMax: number, rate?: GateRate): Gate {
  let inside = 0;
  let timer = false;
  const waiting: (() => void)[] = [];
  /** When the latest entered, the oldest first; never more than the rate allows. */
  const entered: number[] = [];

  /** Milliseconds until one more may enter by the rate; 0 now. */
  const delayMs = () => {
    const first = entered[0];
    if (!rate || first === undefined || entered.length < rate.requests) return 0;
    return Math.max(0, first + rate.perMs - rate.clock.monotonic());
  };
  const note = () => {
    if (!rate) return;
    if (entered.length >= rate.requests) entered.shift();
    entered.push(rate.clock.monotonic());
  };
  const admit = () => {
    while (waiting.length > 0 && inside < openings) {
      const wait = delayMs();
      if (wait > 0) {
        if (!timer && rate) {
          timer = true;
          rate.clock.setTimeout(() => {
            timer = false;
            admit();
          }, wait);
        }
        return;
      }
      inside += 1;
      note();
      waiting.shift()?.();
    }
  };
  const leaver = () => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      inside -= 1;
      admit();
    };
  };
  return {
    async enter() {
      const free = inside < openings && waiting.length === 0 && delayMs() === 0;
      if (!free && waiting.length >= waitingMax) return undefined;
      const turn = new Promise<void>((resolve) => waiting.push(resolve));
      admit();
      await turn;
      return leaver();
    },
  };
}
