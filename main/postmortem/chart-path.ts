import type { EvidenceSeries } from '../store/index.ts';

/** From a value to a pixel. */
export type Scale = (value: number) => number;

/** A step this many times the usual one is a gap: nothing was seen there, and no line is drawn over it. */
const GAP_STEPS = 2.5;
/** Finer than this no printer shows; a path of a week of samples must stay readable by an editor. */
const POINTS_PER_LINE_MAX = 1_500;

/** Beyond this the difference of two numbers is no number any more, and a path of such is no path. */
const DRAWABLE_MAX = 1e300;

const DRAWABLE_MIN = 1e-300;

/** Whether a value has a place on an axis; one that has none is a gap. */
export function isDrawable(value: number): boolean {
  return Math.abs(value) <= DRAWABLE_MAX;
}

/** Equal round steps that take in all values, four to six of them, lowest first. */
export function valueTicks(values: readonly number[]): number[] {
  const low = values.reduce((min, value) => Math.min(min, value), 0);
  const high = values.reduce((max, value) => Math.max(max, value), low);
  // A span so small that its parts are nothing is none.
  const span = high - low > DRAWABLE_MIN ? high - low : 1;
  const power = 10 ** Math.floor(Math.log10(span / 4));
  const size =
    [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((step) => span / step <= 5) ?? 10 * power;
  const ticks: number[] = [];
  for (let i = Math.floor(low / size); i <= Math.ceil(high / size) && ticks.length < 12; i += 1)
    ticks.push(Number((i * size).toPrecision(12)));
  return ticks.length < 2 ? [low, low + 1] : ticks;
}

/** The usual step between samples: the median, which one gap does not move. */
export function usualStep(times: Float64Array): number {
  const steps = Array.from(
    { length: Math.max(0, times.length - 1) },
    (_, i) => (times[i + 1] ?? 0) - (times[i] ?? 0),
  );
  steps.sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

/** The pieces of a series that belong together: broken where a value is not a number and where samples are missing. */
export function pieces({ times, values }: EvidenceSeries): { at: number; value: number }[][] {
  const limit = usualStep(times) * GAP_STEPS;
  const all: { at: number; value: number }[][] = [];
  let current: { at: number; value: number }[] = [];
  let previous = Number.NaN;
  for (let i = 0; i < times.length; i += 1) {
    const at = times[i] ?? Number.NaN;
    const value = values[i] ?? Number.NaN;
    if (!isDrawable(value) || at - previous > limit) {
      if (current.length > 0) all.push(current);
      current = [];
    }
    if (isDrawable(value)) current.push({ at, value });
    previous = at;
  }
  if (current.length > 0) all.push(current);
  return all;
}

/** The extremes of each stretch, so that a thinned line still shows each spike. */
function thinned(points: { at: number; value: number }[], max: number): { at: number; value: number }[] {
  if (points.length <= max) return points;
  const stretch = Math.ceil((points.length * 2) / max);
  const kept: { at: number; value: number }[] = [];
  for (let i = 0; i < points.length; i += stretch) {
    const part = points.slice(i, i + stretch);
    const low = part.reduce((a, b) => (b.value < a.value ? b : a));
    const high = part.reduce((a, b) => (b.value > a.value ? b : a));
    kept.push(...(low === high ? [low] : low.at < high.at ? [low, high] : [high, low]));
  }
  return kept;
}

/** SVG path data; a sample alone between gaps is a dot, not nothing. */
export function linePath(series: EvidenceSeries, x: Scale, y: Scale): string {
  return pieces(series)
    .map((piece) => {
      const points = thinned(piece, POINTS_PER_LINE_MAX).map(
        ({ at, value }) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
      );
      return points.length === 1 ? `M${points[0]}h0.1` : `M${points.join('L')}`;
    })
    .join('');
}
