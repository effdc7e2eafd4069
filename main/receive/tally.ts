import type { Refusal } from './received.ts';

/** Counts by reason. Reasons are words of ours, so there are few of them. */
export class Tally {
  private readonly counts = new Map<string, number>();

  add(reason: string, count = 1): void {
    if (count > 0) this.counts.set(reason, (this.counts.get(reason) ?? 0) + count);
  }

  addAll(refusals: readonly Refusal[]): void {
    for (const { reason, count } of refusals) this.add(reason, count);
  }

  list(): Refusal[] {
    return [...this.counts].map(([reason, count]) => ({ reason, count }));
  }
}

export function totalOf(refusals: readonly Refusal[]): number {
  return refusals.reduce((sum, one) => sum + one.count, 0);
}

/** "120 of 500 samples were left out: 100 with …, 20 with …" — for the sender's log. */
export function refusalText(refusals: readonly Refusal[]): string {
  return refusals.map(({ reason, count }) => `${count} (${reason})`).join(', ');
}
