import { beforeAll, describe, expect, it } from 'vitest';
import {
  type MeasuredProfile,
  type MeasuredSeries,
  measureProfile,
} from '../../../main/demo/measured-profile.ts';
import { ERAS, type Era, eraAt, measurePast } from '../../../main/demo/past.ts';
import { SERVICES } from '../../../main/demo/topology.ts';

const DAY_MS = 86_400_000;
const ANCHOR = Date.UTC(2026, 4, 5, 12);

function find(
  profile: MeasuredProfile | undefined,
  name: string,
  labels: Readonly<Record<string, string>>,
): MeasuredSeries {
  for (const series of profile?.series.values() ?? []) {
    if (
      series.name === name &&
      Object.entries(labels).every(([label, value]) => series.labels[label] === value)
    )
      return series;
  }
  throw new Error(`No ${name} ${JSON.stringify(labels)} was measured`);
}

function rate(profile: MeasuredProfile | undefined, labels: Readonly<Record<string, string>>): number {
  const series = find(profile, 'http_requests_total', labels);
  if (series.kind !== 'counter') throw new Error('not a counter');
  return series.rate;
}

function level(
  profile: MeasuredProfile | undefined,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const series = find(profile, name, labels);
  if (series.kind !== 'gauge') throw new Error('not a gauge');
  return series.mean;
}

describe('the eras of the written past', () => {
  it.each([
    [30, 'v40'],
    [12.01, 'v40'],
    [11.99, 'v41'],
    [9.01, 'v41'],
    [8.999, 'slow-spell'],
    [8.98, 'v41'],
    [3.99, 'stale-features'],
    [3.9, 'v41'],
    [0, 'v41'],
  ])('%d days ago it was %s', (days, era) => {
    expect(eraAt(ANCHOR - days * DAY_MS, ANCHOR)).toBe(era);
  });

  it('are calm for the whole last three days, so that nothing burns when the live fleet begins', () => {
    for (let at = ANCHOR - 3 * DAY_MS; at <= ANCHOR; at += 60_000) expect(eraAt(at, ANCHOR)).toBe('v41');
  });
});

describe('measuring the past on the simulation itself', () => {
  let past: ReadonlyMap<Era, readonly MeasuredProfile[]>;
  let pauses = 0;
  beforeAll(async () => {
    past = await measurePast(7, async () => {
      pauses++;
    });
  });

  it('gives every era its levels of demand, with a pause after each for the live fleet', () => {
    expect([...past.keys()]).toEqual(ERAS);
    expect(pauses).toBe([...past.values()].flat().length);
    for (const levels of past.values()) {
      const demands = levels.map(({ requestsPerSecond }) => requestsPerSecond);
      expect(demands).toEqual([...demands].sort((left, right) => left - right));
    }
  });

  it('finds requests at the rate of the demand, and busier services at higher demand', () => {
    for (const profile of past.get('v41') ?? []) {
      const share = rate(profile, { service: 'gateway', code: '200' }) / profile.requestsPerSecond;
      expect(share).toBeGreaterThan(0.9);
      expect(share).toBeLessThan(1.1);
    }
    const busy = (past.get('v41') ?? []).map((profile) => level(profile, 'gpu_utilisation_ratio'));
    expect(busy).toEqual([...busy].sort((left, right) => left - right));
    expect(busy.at(-1)).toBeGreaterThan((busy[0] ?? 0) * 2);
  });

  it('takes the rates of failures too rare to measure from the shares they are drawn by', () => {
    const [, calm] = past.get('v41') ?? [];
    const transient = Object.values(SERVICES).reduce(
      (sum, { transientErrorShare }) => sum + transientErrorShare,
      0,
    );
    expect(transient).toBeCloseTo(2e-5, 10);
    const failing = ['500', '502', '503', '504'].map((code) => rate(calm, { service: 'gateway', code }));
    expect(failing.reduce((sum, each) => sum + each, 0) / 400).toBeCloseTo(transient, 10);
  });

  it('finds in the slow spell what the same faults do live', () => {
    const [slow] = past.get('slow-spell') ?? [];
    expect(rate(slow, { service: 'gateway', code: '502' }) / 400).toBeCloseTo(0.015, 2);
    const durations = find(slow, 'http_request_duration_seconds', { service: 'ranking-model' });
    expect(durations.kind === 'histogram' && durations.meanValue).toBeGreaterThan(0.08);
  });

  it('finds nulls and lower accuracy where features are stale', () => {
    const [stale] = past.get('stale-features') ?? [];
    const [, calm] = past.get('v41') ?? [];
    expect(level(stale, 'feature_null_ratio', { feature: 'user_country' })).toBeGreaterThan(0.15);
    expect(level(stale, 'model_online_accuracy_ratio')).toBeLessThan(
      level(calm, 'model_online_accuracy_ratio') - 0.02,
    );
  });

  it('knows v40 by its label, and that it was a little worse', () => {
    const [, before] = past.get('v40') ?? [];
    const [, after] = past.get('v41') ?? [];
    expect(level(before, 'build_info', { service: 'ranking-model', version: 'v40' })).toBe(1);
    const accuracy = (profile: MeasuredProfile | undefined, version: string) =>
      level(profile, 'model_online_accuracy_ratio', { model_version: version });
    expect(accuracy(after, 'v41')).toBeGreaterThan(accuracy(before, 'v40'));
  });
});

describe('one measurement', () => {
  it('is the same each time', () => {
    const measure = () =>
      measureProfile(1, { requestsPerSecond: 50, modelVersion: 'v41', faults: [], seconds: 3 });
    expect([...measure().series]).toEqual([...measure().series]);
  });
});
