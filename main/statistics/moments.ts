/** Mean and sample standard deviation (divisor n − 1) of a sample, with its extremes. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation; exactly 0 only where all values are the same. */
  readonly deviation: number;
  readonly constant: boolean;
}

/** The mean; null for no values. */
export function mean(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] ?? 0;
  return sum / values.length;
}

/** The sample standard deviation (divisor n − 1); null for fewer than two values. */
export function sampleDeviation(values: ArrayLike<number>): number | null {
  return sampleMoments(values)?.deviation ?? null;
}

/**
 * Both moments in two passes: the one-pass sum of squares loses all digits where the mean is large beside the spread.
 * Null for fewer than two values. Source: Chan, Golub, LeVeque, "Algorithms for computing the sample variance", 1983.
 */
export function sampleMoments(values: ArrayLike<number>): Moments | null {
  const count = values.length;
  if (count < 2) return null;
  const first = values[0] ?? 0;
  let constant = true;
  for (let at = 1; at < count && constant; at++) constant = values[at] === first;
  // The mean of equal values may differ from them in the last digit, which would make a spread of nothing.
  if (constant) return { count, mean: first, deviation: 0, constant };
  const centre = mean(values) ?? 0;
  let squares = 0;
  let rest = 0;
  for (let at = 0; at < count; at++) {
    const distance = (values[at] ?? 0) - centre;
    squares += distance * distance;
    rest += distance;
  }
  return {
    count,
    mean: centre,
    deviation: Math.sqrt(Math.max(0, squares - (rest * rest) / count) / (count - 1)),
    constant,
  };
}
