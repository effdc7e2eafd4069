/** Turns a subscription into an async iterator that ends with its signal. */
export async function* channel<Item>(
  subscribe: (push: (item: Item) => void) => () => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Item> {
  const waiting: Item[] = [];
  let wake: (() => void) | null = null;
  const stop = subscribe((item) => {
    waiting.push(item);
    wake?.();
  });
  signal?.addEventListener('abort', () => wake?.());
  try {
    while (!signal?.aborted) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    stop();
  }
}
