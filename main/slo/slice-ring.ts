/**
 * The verdicts of an objective's slices, one a slice, with running sums: what a window holds is the difference of two of
 * them, whatever its length. Slices are named by their number since the epoch; a slice without data counts in neither.
 */
export class SliceRing {
  readonly lengthMs: number;
  private readonly keepMs: number;
  /** Number of the first slice that is kept; `bad[i]` sums the slices before `first + i`. */
  private first = 0;
  private bad: number[] = [0];
  private seen: number[] = [0];

  constructor(lengthMs: number, keepMs: number) {
    this.lengthMs = lengthMs;
    this.keepMs = keepMs;
  }

  get isEmpty(): boolean {
    return this.bad.length === 1;
  }

  /** The end of the newest slice that has been asked for; null before the first. */
  get untilAt(): number | null {
    return this.isEmpty ? null : (this.first + this.bad.length - 2) * this.lengthMs;
  }

  /** The end of the oldest one. */
  get fromAt(): number | null {
    return this.isEmpty ? null : this.first * this.lengthMs;
  }

  /** Takes verdicts of slices that follow the newest: 1 bad, 0 good, null no data. The first ones begin wherever they are. */
  append(endAt: number, verdicts: readonly (number | null)[]): void {
    const number = Math.round(endAt / this.lengthMs);
    if (this.isEmpty) this.first = number;
    else if (number !== this.first + this.bad.length - 1) {
      throw new Error('Slices must follow each other: this is a bug in Midwatch.');
    }
    for (const verdict of verdicts) this.push(verdict);
    this.trim();
  }

  /** Takes verdicts of slices that end right before the oldest, as history is fetched backwards. */
  prepend(endAt: number, verdicts: readonly (number | null)[]): void {
    const number = Math.round(endAt / this.lengthMs);
    if (this.isEmpty) {
      this.append(endAt, verdicts);
      return;
    }
    if (number + verdicts.length !== this.first) {
      throw new Error('Slices must precede each other: this is a bug in Midwatch.');
    }
    const later = { bad: this.bad, seen: this.seen };
    this.bad = [0];
    this.seen = [0];
    this.first = number;
    for (const verdict of verdicts) this.push(verdict);
    const badBefore = this.bad.at(-1) ?? 0;
    const seenBefore = this.seen.at(-1) ?? 0;
    for (let at = 1; at < later.bad.length; at += 1) {
      this.bad.push((later.bad[at] ?? 0) + badBefore);
      this.seen.push((later.seen[at] ?? 0) + seenBefore);
    }
  }

  /** Bad and seen slices that end in (fromAt, toAt]; `closed` includes `fromAt` itself, as Prometheus 2 does. */
  count(fromAt: number, toAt: number, closed = false): { bad: number; seen: number } {
    const from = closed ? Math.ceil(fromAt / this.lengthMs) : Math.floor(fromAt / this.lengthMs) + 1;
    const to = Math.floor(toAt / this.lengthMs);
    const place = (number: number) => Math.min(this.bad.length - 1, Math.max(0, number - this.first));
    const low = place(from);
    const high = Math.max(low, place(to + 1));
    return {
      bad: (this.bad[high] ?? 0) - (this.bad[low] ?? 0),
      seen: (this.seen[high] ?? 0) - (this.seen[low] ?? 0),
    };
  }

  private push(verdict: number | null): void {
    this.bad.push((this.bad.at(-1) ?? 0) + (verdict !== null && verdict > 0 ? 1 : 0));
    this.seen.push((this.seen.at(-1) ?? 0) + (verdict === null ? 0 : 1));
  }

  /** Drops what is older than anything asks for, a tenth at a time, so that it is not moved at each slice. */
  private trim(): void {
    const most = Math.ceil(this.keepMs / this.lengthMs);
    const over = this.bad.length - 1 - most;
    if (over < most / 10) return;
    this.bad = this.bad.slice(over);
    this.seen = this.seen.slice(over);
    this.first += over;
  }
}
