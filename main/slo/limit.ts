/** Runs a task when fewer than the limit are under way. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/** A backend that answers slowly must meet a queue here, not hundreds of queries at once. First come, first served. */
export function createLimit(most: number): Limit {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    // A task that ends hands its place over, so that a newcomer cannot slip in before those who wait.
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
