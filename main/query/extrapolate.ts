/** The samples of one series with startAt < t ≤ endAt: indices from…to (exclusive) of arrays that hold more. */
export interface Window {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly from: number;
  readonly to: number;
  readonly startAt: number;
  readonly endAt: number;
  /** The instant that is evaluated; differs from `endAt` by the offset and `@`. */
  readonly at: number;
  /** Whether Prometheus 2's rules hold. */
  readonly legacy: boolean;
}

/** What the samples of a window show before it is stretched. */
interface Seen {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly first: number;
  /** One less than there are samples. */
  readonly steps: number;
  readonly change: number;
}

/** `rate`, `increase` and `delta`. */
export function extrapolated(
  window: Window,
  isCounter: boolean,
  isRate: boolean,
  mayFall = true,
): number | undefined {
  const { times, values, from, to } = window;
  const steps = to - from - 1;
  if (steps < 1) return undefined;
  const first = values[from] ?? 0;
  let change = (values[to - 1] ?? 0) - first;
  if (isCounter && mayFall) change += lostByResets(values, from, to);
  const seen = { firstAt: times[from] ?? 0, lastAt: times[to - 1] ?? 0, first, steps, change };
  return stretched(seen, window, isCounter, isRate);
}

/**
 * What the samples show, stretched to the ends of the window where samples come close to them.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
 */
export function stretched(
  { firstAt, lastAt, first, steps, change }: Seen,
  window: Pick<Window, 'startAt' | 'endAt' | 'legacy'>,
  isCounter: boolean,
  isRate: boolean,
): number {
  const seenS = (lastAt - firstAt) / 1000;
  const spacingS = seenS / steps;
  // A little more than the usual distance to the edge means that the series ends there.
  const closeS = spacingS * 1.1;
  let startS = (firstAt - window.startAt) / 1000;
  let endS = (window.endAt - lastAt) / 1000;
  // A counter is never negative, so it cannot be stretched to before it was zero.
  const untilZeroS = isCounter && change > 0 && first >= 0 ? seenS * (first / change) : startS;
  if (window.legacy) startS = Math.min(startS, untilZeroS);
  if (startS >= closeS) startS = spacingS / 2;
  if (endS >= closeS) endS = spacingS / 2;
  if (!window.legacy) startS = Math.min(startS, untilZeroS);
  const stretch = (seenS + startS + endS) / seenS;
  return change * (isRate ? stretch / ((window.endAt - window.startAt) / 1000) : stretch);
}

function lostByResets(values: Float64Array, from: number, to: number): number {
  let lost = 0;
  let previous = values[from] ?? 0;
  for (let i = from + 1; i < to; i += 1) {
    const value = values[i] ?? 0;
    if (value < previous) lost += previous;
    previous = value;
  }
  return lost;
}

/** Slope per second and value at the given instant of the straight line through the samples. */
export function straightLine(window: Window, at: number): { slope: number; value: number } | undefined {
  const { times, values, from, to } = window;
  const count = to - from;
  if (count < 2) return undefined;
  const first = values[from] ?? 0;
  let isConstant = Number.isFinite(first);
  for (let i = from + 1; isConstant && i < to; i += 1) isConstant = values[i] === first;
  if (isConstant) return { slope: 0, value: first };
  let sumX = 0;
  let sumY = 0;
  for (let i = from; i < to; i += 1) {
    sumX += ((times[i] ?? 0) - at) / 1000;
    sumY += values[i] ?? 0;
  }
  const meanX = sumX / count;
  const meanY = sumY / count;
  let covariance = 0;
  let variance = 0;
  for (let i = from; i < to; i += 1) {
    const x = ((times[i] ?? 0) - at) / 1000 - meanX;
    covariance += x * ((values[i] ?? 0) - meanY);
    variance += x * x;
  }
  const slope = covariance / variance;
  return { slope, value: meanY - slope * meanX };
}
