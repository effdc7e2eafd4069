import { err, ok, type Result } from '../../shared/error/result.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import { type ControlError, invalid } from './control-error.ts';
import { writeBound } from './exposition.ts';
import type { MeasuredProfile, MeasuredSeries } from './measured-profile.ts';
import { ERAS, type Era, eraAt } from './past.ts';
import { Random } from './random.ts';
import type { Demand } from './traffic.ts';

/** Which instants of the past are written: `fromAt`, then every `stepMs`, up to `toAt`. */
export interface HistoryRange {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
}

export interface HistoryParts {
  readonly seed: number;
  readonly demand: Demand;
  /** When the live fleet began; past events are counted back from it. */
  readonly anchorAt: number;
  readonly profiles: ReadonlyMap<Era, readonly MeasuredProfile[]>;
}

const MIN_STEP_MS = 1_000;
const MAX_SPAN_MS = 400 * DAY_MS;
/** A step that is far too small for its range would write gigabytes. */
const MAX_POINTS = 50_000;
/** A purchase's mean square over its mean, in euros: how much wider revenue spreads than a count does. */
const REVENUE_DISPERSION = 37;

export function readRange(query: URLSearchParams): Result<HistoryRange, ControlError> {
  const [fromAt, toAt, stepMs] = ['from', 'to', 'step'].map((name) => readWhole(query.get(name)));
  if (
    fromAt === undefined ||
    toAt === undefined ||
    stepMs === undefined ||
    ![fromAt, toAt, stepMs].every(Number.isSafeInteger)
  ) {
    return err(
      invalid('The range needs from, to and step as whole milliseconds: /history?from=…&to=…&step=60000.'),
    );
  }
  if (fromAt < 0 || toAt <= fromAt || toAt - fromAt > MAX_SPAN_MS)
    return err(invalid('The range must run forwards, over 400 days at most.'));
  if (stepMs < MIN_STEP_MS) return err(invalid(`The step must be at least ${MIN_STEP_MS} ms.`));
  if ((toAt - fromAt) / stepMs > MAX_POINTS)
    return err(invalid(`That would be more than ${MAX_POINTS} points a series; take a larger step.`));
  return ok({ fromAt, toAt, stepMs });
}

/** `Number` would read an empty text as 0: a range that was forgotten would start in 1970. */
function readWhole(text: string | null): number {
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
}

/** One step of the past: who served it, how much was asked, and where between the measured levels that lies. */
interface Step {
  readonly era: Era;
  readonly requests: number;
  readonly lower: number;
  readonly weight: number;
}

/**
 * Writes the past as NDJSON, one line a series, marked synthetic: per-step aggregates drawn from measured rates,
 * instead of a billion simulated requests. Counters start from 0 at `fromAt`, as those of a process started then.
 */
export function* historyLines(range: HistoryRange, parts: HistoryParts): Generator<string> {
  yield `${JSON.stringify({ synthetic: true, from: range.fromAt, to: range.toAt, step: range.stepMs })}\n`;
  const steps = stepsOf(range, parts);
  const random = new Random(parts.seed ^ (range.fromAt / 1_000));
  const timesByEras = new Map<string, string>();
  for (const { eras, sample } of seriesOf(parts.profiles).values()) {
    const key = [...eras.keys()].join();
    let times = timesByEras.get(key);
    if (times === undefined) {
      times = timesWhere(range, steps, eras);
      timesByEras.set(key, times);
    }
    if (times === '') continue;
    const write = (labels: Readonly<Record<string, string>>, values: readonly number[]): string =>
      `{"labels":${JSON.stringify(labels)},"times":[${times}],"values":[${values.join()}]}\n`;
    if (sample.kind === 'histogram') {
      const drawn = drawHistogram(steps, eras, random, sample.bounds.length + 1);
      for (const [index, bound] of [...sample.bounds.map(writeBound), '+Inf'].entries()) {
        yield write(
          { __name__: `${sample.name}_bucket`, ...sample.labels, le: bound },
          drawn.buckets[index] ?? [],
        );
      }
      yield write({ __name__: `${sample.name}_sum`, ...sample.labels }, drawn.sums);
      yield write({ __name__: `${sample.name}_count`, ...sample.labels }, drawn.buckets.at(-1) ?? []);
    } else {
      const values =
        sample.kind === 'gauge' ? drawGauge(steps, eras, random) : drawCounter(steps, eras, random);
      yield write({ __name__: sample.name, ...sample.labels }, values);
    }
  }
}

type EraLevels = ReadonlyMap<Era, readonly (MeasuredSeries & { readonly demand: number })[]>;

interface PastSeries {
  readonly sample: MeasuredSeries;
  readonly eras: EraLevels;
}

/** Turns measured fleets into measured series: for each, the eras that have it and its levels in each. */
function seriesOf(profiles: HistoryParts['profiles']): Map<string, PastSeries> {
  const all = new Map<
    string,
    { sample: MeasuredSeries; eras: Map<Era, (MeasuredSeries & { demand: number })[]> }
  >();
  for (const era of ERAS) {
    for (const { requestsPerSecond, series } of profiles.get(era) ?? []) {
      for (const [key, sample] of series) {
        const known = all.get(key) ?? { sample, eras: new Map() };
        all.set(key, known);
        known.eras.set(era, [...(known.eras.get(era) ?? []), { ...sample, demand: requestsPerSecond }]);
      }
    }
  }
  return all;
}

function stepsOf(
  { fromAt, toAt, stepMs }: HistoryRange,
  { demand, anchorAt, profiles }: HistoryParts,
): readonly Step[] {
  const steps: Step[] = [];
  for (let at = fromAt; at <= toAt; at += stepMs) {
    const middleAt = at - stepMs / 2;
    const era = eraAt(middleAt, anchorAt);
    const requestsPerSecond = demand(middleAt);
    const levels = profiles.get(era) ?? [];
    let lower = 0;
    while (lower + 2 < levels.length && requestsPerSecond > (levels[lower + 1]?.requestsPerSecond ?? 0))
      lower++;
    const [low, high] = [levels[lower]?.requestsPerSecond ?? 0, levels[lower + 1]?.requestsPerSecond];
    const weight =
      high === undefined ? 0 : Math.min(1, Math.max(0, (requestsPerSecond - low) / (high - low)));
    // The first point is where counting starts: nothing has happened yet.
    steps.push({ era, requests: at === fromAt ? 0 : (requestsPerSecond * stepMs) / 1_000, lower, weight });
  }
  return steps;
}

function timesWhere({ fromAt, stepMs }: HistoryRange, steps: readonly Step[], eras: EraLevels): string {
  const times: number[] = [];
  for (const [index, { era }] of steps.entries()) if (eras.has(era)) times.push(fromAt + index * stepMs);
  return times.join();
}

/** A figure between the two measured levels that a step lies between. */
function between(
  step: Step,
  eras: EraLevels,
  figure: (level: MeasuredSeries & { readonly demand: number }) => number,
): number | null {
  const levels = eras.get(step.era);
  const low = levels?.[step.lower] ?? levels?.at(-1);
  if (low === undefined) return null;
  const high = levels?.[step.lower + 1];
  const lowFigure = figure(low);
  return high === undefined || step.weight === 0
    ? lowFigure
    : lowFigure + step.weight * (figure(high) - lowFigure);
}

function drawCounter(steps: readonly Step[], eras: EraLevels, random: Random): readonly number[] {
  const values: number[] = [];
  let total = 0;
  for (const step of steps) {
    const perRequest = between(step, eras, (level) =>
      level.kind === 'counter' ? level.rate / level.demand : 0,
    );
    if (perRequest === null) continue;
    const mean = perRequest * step.requests;
    const [level] = eras.get(step.era) ?? [];
    total += level?.name === 'revenue_total' ? drawRevenue(mean, random) : random.poisson(mean);
    values.push(level?.name === 'revenue_total' ? Math.round(total * 100) / 100 : total);
  }
  return values;
}

function drawRevenue(mean: number, random: Random): number {
  return Math.max(0, mean + Math.sqrt(mean * REVENUE_DISPERSION) * random.normal());
}

function drawGauge(steps: readonly Step[], eras: EraLevels, random: Random): readonly number[] {
  const values: number[] = [];
  for (const step of steps) {
    const mean = between(step, eras, (level) => (level.kind === 'gauge' ? level.mean : 0));
    if (mean === null) continue;
    const deviation = between(step, eras, (level) => (level.kind === 'gauge' ? level.deviation : 0)) ?? 0;
    const [level] = eras.get(step.era) ?? [];
    const drawn = Math.max(0, deviation === 0 ? mean : mean + deviation * random.normal());
    if (level?.name.endsWith('_bytes')) values.push(Math.round(drawn));
    else values.push(Math.round((level?.name.endsWith('_ratio') ? Math.min(1, drawn) : drawn) * 1e5) / 1e5);
  }
  return values;
}

function drawHistogram(
  steps: readonly Step[],
  eras: EraLevels,
  random: Random,
  bucketCount: number,
): { readonly buckets: readonly number[][]; readonly sums: readonly number[] } {
  const buckets: number[][] = Array.from({ length: bucketCount }, () => []);
  const sums: number[] = [];
  const totals = new Float64Array(bucketCount);
  let sum = 0;
  for (const step of steps) {
    const meanValue = between(step, eras, (level) => (level.kind === 'histogram' ? level.meanValue : 0));
    if (meanValue === null) continue;
    let observed = 0;
    let cumulative = 0;
    for (let index = 0; index < bucketCount; index++) {
      const perRequest =
        between(step, eras, (level) =>
          level.kind === 'histogram' ? (level.rates[index] ?? 0) / level.demand : 0,
        ) ?? 0;
      const drawn = random.poisson(perRequest * step.requests);
      observed += drawn;
      totals[index] = (totals[index] ?? 0) + drawn;
      cumulative += totals[index] ?? 0;
      buckets[index]?.push(cumulative);
    }
    sum += observed * meanValue;
    sums.push(Math.round(sum * 1e4) / 1e4);
  }
  return { buckets, sums };
}
