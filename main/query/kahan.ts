/**
 * A sum that keeps what rounding loses, as Prometheus sums.
 * Source: Neumaier's variant of https://en.wikipedia.org/wiki/Kahan_summation_algorithm
 */
export class KahanSum {
  sum = 0;
  lost = 0;

  add(value: number): void {
    const next = this.sum + value;
    if (!Number.isFinite(next)) this.lost = 0;
    else if (Math.abs(this.sum) >= Math.abs(value)) this.lost += this.sum - next + value;
    else this.lost += value - next + this.sum;
    this.sum = next;
  }

  total(): number {
    return Number.isFinite(this.sum) ? this.sum + this.lost : this.sum;
  }
}

/** The mean by the plain sum while it fits, and by a running mean once the sum would overflow. */
export class KahanMean {
  private readonly state = new KahanSum();
  private count = 0;
  private running = false;

  add(value: number): void {
    this.count += 1;
    if (!this.running) {
      const before = { sum: this.state.sum, lost: this.state.lost };
      this.state.add(value);
      if (this.state.sum !== Number.POSITIVE_INFINITY && this.state.sum !== Number.NEGATIVE_INFINITY) return;
      if (this.count === 1) return;
      this.running = true;
      this.state.sum = before.sum / (this.count - 1);
      this.state.lost = before.lost / (this.count - 1);
    }
    const mean = this.state.sum;
    // An infinite mean stays, unless the other infinity or no number meets it.
    if (isInfinite(mean) && (value === mean || Number.isFinite(value))) return;
    const share = (this.count - 1) / this.count;
    this.state.sum *= share;
    this.state.lost *= share;
    this.state.add(value / this.count);
  }

  mean(): number {
    if (this.running) return this.state.total();
    const sum = this.state.sum / this.count;
    return Number.isFinite(sum) ? sum + this.state.lost / this.count : sum;
  }
}

function isInfinite(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}

/** Variance over all of the values (not a sample's), by Welford's method. */
export function varianceOf(values: Iterable<number>): number {
  const mean = new KahanSum();
  const squares = new KahanSum();
  let count = 0;
  for (const value of values) {
    count += 1;
    const difference = value - (mean.sum + mean.lost);
    mean.add(difference / count);
    squares.add(difference * (value - (mean.sum + mean.lost)));
  }
  return (squares.sum + squares.lost) / count;
}

/** The same as Prometheus 2 has it: begun at the first value, and without what rounding loses. */
export function plainVariance(values: readonly number[]): number {
  let mean = values[0] ?? 0;
  let squares = 0;
  for (let i = 1; i < values.length; i += 1) {
    const value = values[i] ?? 0;
    const difference = value - mean;
    mean += difference / (i + 1);
    squares += difference * (value - mean);
  }
  return squares / values.length;
}

/** Interpolated quantile; NaN counts as the smallest value. */
export function quantileOf(q: number, values: ArrayLike<number>): number {
  const count = values.length;
  if (count === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  // The array's own order of numbers, which puts NaN last, is many times as fast as a comparison given to it.
  const sorted = Float64Array.from(values).sort();
  let numbers = count;
  while (numbers > 0 && Number.isNaN(sorted[numbers - 1])) numbers -= 1;
  const at = (rank: number) => sorted[rank - (count - numbers)] ?? Number.NaN;
  const rank = q * (count - 1);
  const low = Math.max(0, Math.floor(rank));
  const high = Math.min(count - 1, low + 1);
  const weight = rank - Math.floor(rank);
  return at(low) * (1 - weight) + at(high) * weight;
}

/** What is said where it is asked for a quantile beyond its bounds. */
export function quantileOutOfRange(q: number): string {
  return `A quantile lies between 0 and 1; ${q} does not, so the answer is infinite or no number.`;
}
