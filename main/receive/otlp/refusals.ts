/** What was left out of a body, by reason. Reasons are ours and few, never a sender's text. */
export class Refusals {
  private readonly counts = new Map<string, number>();
  /** Points or spans that the sender asked to store and that were not. */
  refused = 0;
  private readonly refusedReasons = new Set<string>();

  /** Something that the sender must be told of. */
  refuse(reason: string): void {
    this.refused += 1;
    this.refusedReasons.add(reason);
    this.ignore(reason, 1);
  }

  /** Something that Midwatch does not keep, which is no fault of the sender. */
  ignore(reason: string, count: number): void {
    if (count > 0) this.counts.set(reason, (this.counts.get(reason) ?? 0) + count);
  }

  /** These, and what was lost afterwards. */
  with(lost: readonly { readonly reason: string; readonly count: number }[]): Refusals {
    const all = new Refusals();
    for (const [reason, count] of this.counts) all.counts.set(reason, count);
    for (const reason of this.refusedReasons) all.refusedReasons.add(reason);
    all.refused = this.refused;
    for (const { reason, count } of lost) {
      all.refused += count;
      all.refusedReasons.add(reason);
      all.ignore(reason, count);
    }
    return all;
  }

  list(): readonly { readonly reason: string; readonly count: number }[] {
    return [...this.counts].map(([reason, count]) => ({ reason, count }));
  }

  /** One sentence for the sender, or empty where all was taken. */
  message(): string {
    if (this.refused === 0) return '';
    const parts = [...this.refusedReasons].map((reason) => `${this.counts.get(reason) ?? 0} × ${reason}`);
    return `Not kept: ${parts.join('; ')}. The rest was stored; do not send it again.`;
  }
}
