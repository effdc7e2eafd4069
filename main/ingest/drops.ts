/** Counts what was received and not kept, by reason: nothing is lost without a number. */
export interface Drops {
  count(reason: string, count: number): void;
  list(): { reason: string; count: number }[];
}

export function createDrops(): Drops {
  const counts = new Map<string, number>();
  return {
    count(reason, count) {
      if (count > 0) counts.set(reason, (counts.get(reason) ?? 0) + count);
    },
    list: () => [...counts].map(([reason, count]) => ({ reason, count })),
  };
}
