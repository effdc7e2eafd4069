/** Counts what was received: what the store took, and what was not kept, by reason. Nothing is lost without a number. */
export interface Drops {
  count(reason: string, count: number): void;
  list(): { reason: string; count: number }[];
  /** Samples that are stored now. */
  keep(samples: number): void;
  kept(): number;
}

export function createDrops(): Drops {
  const counts = new Map<string, number>();
  let kept = 0;
  return {
    count(reason, count) {
      if (count > 0) counts.set(reason, (counts.get(reason) ?? 0) + count);
    },
    list: () => [...counts].map(([reason, count]) => ({ reason, count })),
    keep(samples) {
      kept += samples;
    },
    kept: () => kept,
  };
}
