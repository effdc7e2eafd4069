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
