import type { FaultEffect } from './fault.ts';
import { Fleet } from './fleet.ts';
import type { AnyFamily, MetricLabels, MetricRegistry } from './metric-registry.ts';
import { SERVICES } from './topology.ts';

/** How one series behaved while a simulated fleet was watched: rates a second, or level and spread. */
export type MeasuredSeries =
  | { readonly kind: 'counter'; readonly name: string; readonly labels: MetricLabels; readonly rate: number }
  | {
      readonly kind: 'gauge';
      readonly name: string;
      readonly labels: MetricLabels;
      readonly mean: number;
      readonly deviation: number;
    }
  | {
      readonly kind: 'histogram';
      readonly name: string;
      readonly labels: MetricLabels;
      readonly bounds: readonly number[];
      /** Observations a second in each bucket, not cumulative. */
      readonly rates: readonly number[];
      readonly meanValue: number;
    };

/** What a fleet does under one steady demand, by series. */
export interface MeasuredProfile {
  readonly requestsPerSecond: number;
  readonly series: ReadonlyMap<string, MeasuredSeries>;
}

export interface Circumstances {
  readonly requestsPerSecond: number;
  readonly modelVersion: string;
  readonly faults: readonly FaultEffect[];
  readonly seconds: number;
}

const SETTLE_MS = 8_000;
/** A fixed day: measuring does not depend on when it is done. */
const MEASURED_AT = Date.UTC(2026, 0, 7, 12);

/**
 * Runs the real simulation for a while and writes down its rates. This is where written history gets every parameter,
 * so that it cannot drift from what the live fleet does.
 */
export function measureProfile(seed: number, circumstances: Circumstances): MeasuredProfile {
  const { requestsPerSecond, modelVersion, faults, seconds } = circumstances;
  const fleet = new Fleet({
    seed,
    startAt: MEASURED_AT,
    demand: () => requestsPerSecond,
    modelVersions: [modelVersion],
  });
  for (const effect of faults) fleet.startFault(effect, SETTLE_MS + (seconds + 1) * 1_000);
  fleet.advanceTo(MEASURED_AT + SETTLE_MS);
  const before = countersOf(fleet.registries());
  const gauges = new Map<string, number[]>();
  for (let second = 1; second <= seconds; second++) {
    fleet.advanceTo(MEASURED_AT + SETTLE_MS + second * 1_000);
    for (const [key, value] of gaugesOf(fleet.registries()))
      gauges.set(key, [...(gauges.get(key) ?? []), value]);
  }
  const series = new Map<string, MeasuredSeries>();
  for (const { kind, family } of allFamilies(fleet.registries())) {
    for (const [labelKey, one] of family.series) {
      const key = `${family.name}${labelKey}`;
      const base = { name: family.name, labels: one.labels };
      if (kind === 'gauge') series.set(key, { kind, ...base, ...spreadOf(gauges.get(key) ?? []) });
      else if ('bounds' in one) {
        const earlier = before.get(key);
        const counts = [...one.counts].map((count, index) => count - (earlier?.[index + 1] ?? 0));
        const total = counts.reduce((sum, count) => sum + count, 0);
        const meanValue = total > 0 ? (one.sum - (earlier?.[0] ?? 0)) / total : 0;
        series.set(key, {
          kind: 'histogram',
          ...base,
          bounds: one.bounds,
          rates: counts.map((count) => count / seconds),
          meanValue,
        });
      } else
        series.set(key, {
          kind: 'counter',
          ...base,
          rate: (one.value - (before.get(key)?.[0] ?? 0)) / seconds,
        });
    }
  }
  const calm = faults.length === 0;
  return { requestsPerSecond, series: calm ? withRareFailures(series, requestsPerSecond) : series };
}

/**
 * Failures of a calm fleet are too rare to be measured in seconds (two in a hundred thousand requests);
 * their rates come from the shares that the simulation draws them by.
 */
function withRareFailures(
  series: Map<string, MeasuredSeries>,
  requestsPerSecond: number,
): Map<string, MeasuredSeries> {
  const behind =
    SERVICES['feature-store'].transientErrorShare +
    SERVICES.embedding.transientErrorShare +
    SERVICES['vector-index'].transientErrorShare;
  for (const [key, one] of series) {
    if (one.kind !== 'counter' || one.name !== 'http_requests_total') continue;
    const { service, code } = one.labels;
    if (code === undefined || !code.startsWith('5')) continue;
    const spec = Object.entries(SERVICES).find(([name]) => name === service)?.[1];
    let share = code === '500' ? (spec?.transientErrorShare ?? 0) : 0;
    if (code === '502' && service === 'ranking-model') share = behind;
    if (code === '502' && service === 'gateway')
      share = behind + SERVICES['ranking-model'].transientErrorShare;
    series.set(key, { ...one, rate: share * requestsPerSecond });
  }
  return series;
}

function* allFamilies(registries: readonly MetricRegistry[]): Generator<AnyFamily> {
  for (const registry of registries) yield* registry.families.values();
}

/** A counter's value, or a histogram's sum followed by its buckets. */
function countersOf(registries: readonly MetricRegistry[]): Map<string, readonly number[]> {
  const values = new Map<string, readonly number[]>();
  for (const { kind, family } of allFamilies(registries)) {
    if (kind === 'gauge') continue;
    for (const [key, one] of family.series)
      values.set(`${family.name}${key}`, 'bounds' in one ? [one.sum, ...one.counts] : [one.value]);
  }
  return values;
}

function* gaugesOf(registries: readonly MetricRegistry[]): Generator<readonly [string, number]> {
  for (const { kind, family } of allFamilies(registries)) {
    if (kind === 'gauge')
      for (const [key, gauge] of family.series) yield [`${family.name}${key}`, gauge.value];
  }
}

function spreadOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const variance =
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, deviation: Math.sqrt(variance) };
}
