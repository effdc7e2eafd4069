/** Where the samples stay within this share of their height, zero would only flatten them. */
const FLAT = 0.35;

export interface RangeOptions {
  /** Null: zero, unless the samples all lie far from it. */
  readonly floor: number | null;
  readonly ceiling: number | null;
  /** Numbers that must be in the picture: a threshold. */
  readonly include: readonly number[];
}

/** The range of a y axis: past everything that must be seen, its ends on round numbers. */
export function yRange(
  dataMin: number | null,
  dataMax: number | null,
  options: RangeOptions,
): [number, number] {
  const seen = [dataMin, dataMax, ...options.include].filter(
    (one): one is number => one !== null && Number.isFinite(one),
  );
  const [low, high] = seen.length === 0 ? [0, 1] : [Math.min(...seen), Math.max(...seen)];
  const bottom = options.floor ?? (low > 0 && high - low < high * FLAT ? low : Math.min(0, low));
  if (options.ceiling !== null) return [options.floor ?? Math.min(0, low), options.ceiling];
  // A line that does not move at all still needs a height that numbers can tell apart.
  // One next to nothing has no tenth of its own: it is drawn as nothing.
  const still = Math.abs(high) > 1e-12 ? Math.abs(high) : 1;
  const span = high === bottom ? still : Math.max(high - bottom, Math.abs(high) * 1e-6, 1e-12);
  const step = niceStep(span * 1.04);
  const from = options.floor ?? Math.floor(bottom / step + 1e-9) * step;
  return [from, Math.max(from + step, Math.ceil((bottom + span * 1.04) / step - 1e-9) * step)];
}

/** A step of 1, 2, 2.5 or 5 times a power of ten, of which about three fit. */
export function niceStep(span: number): number {
  const raw = span / 3;
  const power = 10 ** Math.floor(Math.log10(raw));
  const digit = [1, 2, 2.5, 5, 10].find((one) => raw / power <= one + 1e-9) ?? 10;
  return digit * power;
}

/** Where the labels of a y axis stand: few, round, and never closer than the text is high. */
export function ySplits(min: number, max: number, heightPx: number): number[] {
  const most = Math.max(1, Math.floor(heightPx / 26));
  let step = niceStep(max - min);
  while ((max - min) / step > most) step *= 2;
  const splits: number[] = [];
  for (let value = Math.ceil(min / step - 1e-9) * step; value <= max + step * 1e-6; value += step)
    splits.push(Number(value.toPrecision(12)));
  return splits;
}

const TIME_STEPS_S = [
  1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800,
];

/** Where the labels of the time axis stand, on round times of UTC. */
export function timeSplits(min: number, max: number, widthPx: number): number[] {
  const most = Math.max(2, Math.floor(widthPx / 72));
  const step = TIME_STEPS_S.find((one) => (max - min) / one <= most) ?? 1_209_600;
  const splits: number[] = [];
  // A label that would be cut off at the right edge is left out.
  const lastAt = max - ((max - min) * 14) / Math.max(60, widthPx);
  for (let at = Math.ceil(min / step) * step; at <= lastAt; at += step) splits.push(at);
  return splits;
}

/** `01:30`, with seconds where the labels are that close, the day where they are that far apart. */
export function timeLabel(seconds: number, stepS: number): string {
  const date = new Date(seconds * 1_000);
  if (stepS >= 86_400)
    return date.toLocaleDateString('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });
  const clock = date.toISOString().slice(11, stepS < 60 ? 19 : 16);
  return clock === '00:00' && stepS >= 3_600
    ? date.toLocaleDateString('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' })
    : clock;
}
