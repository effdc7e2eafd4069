import { execFileSync, spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet } from './running-fleet.ts';
import { readExposition, type Scraped, type ScrapedSample } from './scraped.ts';

let fleet: RunningFleet;
beforeEach(async () => {
  fleet = await RunningFleet.start({ seed: 3 });
  await fleet.seconds(15);
});
afterEach(() => fleet.stop());

const KINDS: Readonly<Record<string, string>> = {
  http_requests_total: 'counter',
  http_request_duration_seconds: 'histogram',
  model_stage_duration_seconds: 'histogram',
  process_cpu_utilisation_ratio: 'gauge',
  gpu_utilisation_ratio: 'gauge',
  gpu_queue_length: 'gauge',
  process_resident_memory_bytes: 'gauge',
  request_queue_length: 'gauge',
  replicas: 'gauge',
  model_online_accuracy_ratio: 'gauge',
  model_labelled_predictions_total: 'counter',
  model_prediction_confidence: 'histogram',
  feature_null_ratio: 'gauge',
  feature_reads_total: 'counter',
  feature_value: 'histogram',
  revenue_total: 'counter',
  build_info: 'gauge',
  circuit_breaker_open: 'gauge',
  fallback_responses_total: 'counter',
};

function seriesKey(sample: ScrapedSample): string {
  return sample.name + JSON.stringify(Object.entries(sample.labels).sort());
}

/** Buckets of each histogram, ordered by their bound. */
function bucketsOf(scraped: Scraped): Map<string, { le: number; value: number }[]> {
  const groups = new Map<string, { le: number; value: number }[]>();
  for (const sample of scraped.samples) {
    if (!sample.name.endsWith('_bucket')) continue;
    const { le = '', ...rest } = sample.labels;
    const key = sample.name.replace('_bucket', '') + JSON.stringify(rest);
    groups.set(key, [
      ...(groups.get(key) ?? []),
      { le: Number(le.replace('Inf', 'Infinity')), value: sample.value },
    ]);
  }
  return groups;
}

describe('the exposition', () => {
  it('names, types and explains every metric that screens rely on, and nothing more', async () => {
    const { families } = await fleet.scrape();
    expect(Object.fromEntries([...families.values()].map(({ name, type }) => [name, type]))).toEqual(KINDS);
    for (const { help, samples } of families.values()) {
      expect(help.length).toBeGreaterThan(10);
      expect(samples.length).toBeGreaterThan(0);
    }
  });

  it('has each series once and a service label on all of them', async () => {
    const { samples } = await fleet.scrape();
    expect(new Set(samples.map(seriesKey)).size).toBe(samples.length);
    for (const { labels } of samples) expect(labels.service).toMatch(/^[a-z-]+$/);
  });

  it('leaves `up` to whoever scrapes', async () => {
    expect((await fleet.scrape()).has('up')).toBe(false);
  });

  it('has the codes that may come at 0 before the first of them, so that the first failure is an increase', async () => {
    const now = await fleet.scrape();
    for (const code of ['200', '500', '502', '503', '504']) {
      expect(now.has('http_requests_total', { service: 'gateway', code })).toBe(true);
      expect(now.has('http_requests_total', { service: 'ranking-model', model_version: 'v41', code })).toBe(
        true,
      );
    }
  });

  it('writes histograms whose buckets are cumulative and end in their count', async () => {
    const now = await fleet.scrape();
    const groups = bucketsOf(now);
    expect(groups.size).toBeGreaterThan(10);
    for (const [key, buckets] of groups) {
      const bounds = buckets.map(({ le }) => le);
      expect(bounds).toEqual([...bounds].sort((left, right) => left - right));
      expect(bounds.at(-1)).toBe(Number.POSITIVE_INFINITY);
      const values = buckets.map(({ value }) => value);
      expect(values).toEqual([...values].sort((left, right) => left - right));
      const name = key.slice(0, key.indexOf('{'));
      const labels = JSON.parse(key.slice(key.indexOf('{'))) as Record<string, string>;
      const count = now
        .find(`${name}_count`, labels)
        .find((sample) => seriesKey(sample) === seriesKey({ ...sample, labels }));
      expect(count?.value).toBe(values.at(-1));
    }
  });

  it('has the bucket bounds that latency objectives need', async () => {
    const now = await fleet.scrape();
    for (const le of ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1.0', '2.5', '+Inf']) {
      expect(now.has('http_request_duration_seconds_bucket', { service: 'gateway', le })).toBe(true);
    }
  });

  it('never lets a counter fall while its process lives, faults and roll-outs or not', async () => {
    await fleet.fault({ kind: 'bad-model', ttlSeconds: 5 });
    await fleet.fault({ kind: 'errors', service: 'embedding', ttlSeconds: 7 });
    await fleet.fault({ kind: 'stale-features', ttlSeconds: 9 });
    let before = new Map<string, number>();
    for (let second = 0; second < 15; second++) {
      const { families } = await fleet.scrape();
      const now = new Map<string, number>();
      for (const { type, samples } of families.values()) {
        if (type !== 'gauge') for (const sample of samples) now.set(seriesKey(sample), sample.value);
      }
      for (const [key, value] of before) expect(now.get(key), key).toBeGreaterThanOrEqual(value);
      before = now;
      await fleet.seconds(1);
    }
    expect(before.size).toBeGreaterThan(100);
  });

  it('keeps ratios between 0 and 1', async () => {
    await fleet.fault({ kind: 'latency', service: 'embedding', addMs: 300, ttlSeconds: 60 });
    await fleet.seconds(10);
    for (const sample of (await fleet.scrape()).samples) {
      if (!sample.name.endsWith('_ratio')) continue;
      expect(sample.value).toBeGreaterThanOrEqual(0);
      expect(sample.value).toBeLessThanOrEqual(1);
    }
  });

  it('is one service at its own address, and all together are the sum of them', async () => {
    const all = await fleet.scrape();
    let count = 0;
    for (const service of ['gateway', 'ranking-model', 'feature-store', 'embedding', 'vector-index']) {
      const one = await fleet.scrape(`/${service}/metrics`);
      for (const sample of one.samples) expect(sample.labels.service).toBe(service);
      count += one.samples.length;
    }
    expect(count).toBe(all.samples.length);
  });

  it('is OpenMetrics for who asks for it: same values, counters named by their family, an end mark', async () => {
    const plain = await fleet.text();
    const open = await fleet.text(
      '/metrics',
      'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5',
    );
    expect(plain.type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(open.type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.text.endsWith('\n# EOF\n')).toBe(true);
    expect(plain.text).not.toContain('# EOF');
    expect(open.text).toContain('# TYPE http_requests counter');
    expect(plain.text).toContain('# TYPE http_requests_total counter');
    const values = (text: string) =>
      readExposition(text).samples.map((sample) => [seriesKey(sample), sample.value]);
    expect(values(open.text)).toEqual(values(plain.text));
  });

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  it.skipIf(!promtool)('passes the linter that Prometheus brings', async () => {
    const { text } = await fleet.text();
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
  });
});
