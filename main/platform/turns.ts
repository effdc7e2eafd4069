/** One piece of work at a time, so that each sees what the one before has left. */
export interface Turns {
  /** Runs when all that came before is done, however that ended. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Runs before all that waits: a person does not stand behind a flood. */
  first<T>(work: () => Promise<T>): Promise<T>;
}

export function createTurns(): Turns {
  const waiting: (() => Promise<void>)[] = [];
  let running = false;

  const run = async () => {
    if (running) return;
    running = true;
    // Never within the call that brings the work.
    await Promise.resolve();
    for (let next = waiting.shift(); next; next = waiting.shift()) await next();
    running = false;
  };
  const enter = <T>(work: () => Promise<T>, place: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const turn = async () => {
        try {
          resolve(await work());
        } catch (thrown) {
          reject(thrown);
        }
      };
      waiting.splice(place, 0, turn);
      void run();
    });

  return {
    take: (work) => enter(work, waiting.length),
    first: (work) => enter(work, 0),
  };
}
