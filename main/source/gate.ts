/** Lets at most so many at one time through, in order of arrival. */
export interface Gate {
  /** Answers how to leave; undefined where too many wait already. */
  enter(): Promise<(() => void) | undefined>;
}

/** @param waitingMax more than these are turned away: a queue without end is a leak with a delay */
export function createGate(openings: number, waitingMax: number): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];
  const leaver = () => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const next = waiting.shift();
      if (next) next();
      else inside -= 1;
    };
  };
  return {
    async enter() {
      if (inside < openings) {
        inside += 1;
        return leaver();
      }
      if (waiting.length >= waitingMax) return undefined;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return leaver();
    },
  };
}
