import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet } from './running-fleet.ts';

/** Everything here is learnt from `/metrics` alone, as Midwatch learns it. */
let fleet: RunningFleet;
beforeEach(async () => {
  fleet = await RunningFleet.start();
  await fleet.seconds(20);
});
afterEach(() => fleet.stop());

describe('a calm fleet', () => {
  it('serves the usual demand without failing, and its ranking stays well under 100 ms at P99', async () => {
    const calm = await fleet.during(60);
    expect(calm.increase('http_requests_total', { service: 'gateway' }) / 60).toBeGreaterThan(300);
    expect(calm.failing('gateway')).toBeLessThan(0.0005);
    expect(calm.slowerThan('ranking-model', '0.1')).toBeLessThan(0.006);
    expect(calm.slowerThan('ranking-model', '0.1')).toBeGreaterThan(0.0005);
    expect(calm.slowerThan('ranking-model', '0.05')).toBeLessThan(0.03);
  });

  it('sends every request of the gateway through the services behind it', async () => {
    const calm = await fleet.during(30);
    const asked = calm.increase('http_requests_total', { service: 'gateway', code: /^[25]/ });
    for (const service of ['ranking-model', 'feature-store', 'embedding', 'vector-index']) {
      expect(calm.increase('http_requests_total', { service })).toBeGreaterThan(asked - 60);
      expect(calm.increase('http_requests_total', { service })).toBeLessThan(asked + 60);
    }
  });

  it('is busy without being full', async () => {
    const now = await fleet.scrape();
    for (const { value } of now.find('process_cpu_utilisation_ratio')) {
      expect(value).toBeGreaterThan(0.03);
      expect(value).toBeLessThan(0.7);
    }
    expect(now.sum('gpu_utilisation_ratio')).toBeGreaterThan(0.15);
    expect(now.sum('gpu_utilisation_ratio')).toBeLessThan(0.6);
    expect(now.sum('model_online_accuracy_ratio')).toBeGreaterThan(0.92);
    expect(now.sum('process_resident_memory_bytes', { service: 'embedding' })).toBeGreaterThan(1e9);
  });
});

describe('latency', () => {
  it('of the embedding service slows the ranking model and with it the gateway, and ends by its time to live', async () => {
    await fleet.fault({ kind: 'latency', service: 'embedding', addMs: 120, ttlSeconds: 20 });
    await fleet.seconds(2);
    const slow = await fleet.during(15);
    expect(slow.slowerThan('embedding', '0.1')).toBeGreaterThan(0.9);
    expect(slow.slowerThan('ranking-model', '0.1')).toBeGreaterThan(0.95);
    expect(slow.slowerThan('gateway', '0.1')).toBeGreaterThan(0.95);
    expect(slow.slowerThan('vector-index', '0.1')).toBeLessThan(0.01);
    expect(slow.increase('model_stage_duration_seconds_sum', { stage: 'model_inference' })).toBeGreaterThan(
      15 * 300 * 0.12,
    );
    await fleet.seconds(5);
    const healed = await fleet.during(10);
    expect(healed.slowerThan('gateway', '0.1')).toBeLessThan(0.01);
  });

  it('that holds every worker fills the queue of the ranking model until it answers 503', async () => {
    await fleet.fault({ kind: 'latency', service: 'embedding', addMs: 350, ttlSeconds: 60 });
    await fleet.seconds(5);
    const drowned = await fleet.during(10);
    expect((await fleet.scrape()).sum('request_queue_length', { service: 'ranking-model' })).toBeGreaterThan(
      50,
    );
    expect(
      drowned.increase('http_requests_total', { service: 'ranking-model', code: '503' }),
    ).toBeGreaterThan(500);
    expect(drowned.failing('gateway')).toBeGreaterThan(0.2);
  });

  it('beyond the time-out of the caller becomes 504', async () => {
    await fleet.fault({ kind: 'latency', service: 'vector-index', addMs: 900, ttlSeconds: 60 });
    await fleet.seconds(3);
    const late = await fleet.during(10);
    expect(late.increase('http_requests_total', { service: 'ranking-model', code: '504' })).toBeGreaterThan(
      100,
    );
    expect(late.failing('gateway')).toBeGreaterThan(0.9);
  });
});

describe('errors', () => {
  it('of a service behind reach the gateway in the same share', async () => {
    await fleet.fault({ kind: 'errors', service: 'feature-store', share: 0.25, ttlSeconds: 30 });
    await fleet.seconds(1);
    const broken = await fleet.during(20);
    expect(broken.share('feature-store', /^500$/)).toBeCloseTo(0.25, 1);
    expect(broken.share('ranking-model', /^502$/)).toBeCloseTo(0.25, 1);
    expect(broken.share('gateway', /^502$/)).toBeCloseTo(0.25, 1);
    await fleet.seconds(12);
    expect((await fleet.during(20)).failing('gateway')).toBeLessThan(0.001);
  });

  it('end at once when the fault is deleted', async () => {
    const id = await fleet.fault({ kind: 'errors', service: 'gateway', share: 1, ttlSeconds: 600 });
    expect((await fleet.during(5)).failing('gateway')).toBeGreaterThan(0.98);
    expect((await fleet.send('DELETE', `/control/fault/${id}`)).status).toBe(200);
    await fleet.seconds(1);
    expect((await fleet.during(10)).failing('gateway')).toBeLessThan(0.001);
    expect((await fleet.send('DELETE', `/control/fault/${id}`)).status).toBe(404);
  });
});

describe('a crash', () => {
  it('takes the service and its endpoint away like a dead process, and starts its counters anew', async () => {
    const grown = (await fleet.scrape()).sum('http_requests_total', { service: 'embedding' });
    await fleet.fault({ kind: 'crash', service: 'embedding', ttlSeconds: 10 });
    await expect(fetch(`${fleet.server.url}/embedding/metrics`)).rejects.toThrow();
    const dead = await fleet.scrape();
    expect(dead.has('http_requests_total', { service: 'embedding' })).toBe(false);
    expect(dead.has('http_requests_total', { service: 'gateway' })).toBe(true);
    const down = await fleet.during(5);
    expect(down.failing('gateway')).toBeGreaterThan(0.98);
    await fleet.seconds(6);
    const again = await fleet.scrape('/embedding/metrics');
    expect(again.sum('http_requests_total', { service: 'embedding' })).toBeGreaterThan(0);
    expect(again.sum('http_requests_total', { service: 'embedding' })).toBeLessThan(grown / 2);
    expect((await fleet.during(10)).failing('gateway')).toBeLessThan(0.001);
  });

  it('of some replicas leaves the rest to carry the load', async () => {
    await fleet.fault({ kind: 'crash', service: 'embedding', replicas: 3, ttlSeconds: 60 });
    await fleet.seconds(10);
    const now = await fleet.scrape();
    expect(now.sum('replicas', { service: 'embedding' })).toBe(1);
    expect(now.sum('gpu_utilisation_ratio')).toBeGreaterThan(0.85);
  });

  it('of the gateway means that nobody counts the requests that reach nobody', async () => {
    await fleet.fault({ kind: 'crash', service: 'gateway', ttlSeconds: 5 });
    await fleet.seconds(3);
    const dead = await fleet.scrape();
    expect(dead.has('http_requests_total', { service: 'gateway' })).toBe(false);
    await fleet.seconds(5);
    expect((await fleet.scrape()).sum('http_requests_total', { service: 'gateway' })).toBeGreaterThan(300);
  });
});

describe('a bad model', () => {
  it('fails most of its requests, is slow or wrong in others, and shows the missing feature', async () => {
    await fleet.fault({ kind: 'bad-model', ttlSeconds: 600 });
    await fleet.seconds(4);
    const bad = await fleet.during(20);
    const v42 = { service: 'ranking-model', model_version: 'v42' };
    const failed =
      bad.increase('http_requests_total', { ...v42, code: /^5/ }) / bad.increase('http_requests_total', v42);
    expect(failed + bad.slowerThan('ranking-model', '0.25', v42)).toBeGreaterThan(0.6);
    expect(failed + bad.slowerThan('ranking-model', '0.25', v42)).toBeLessThan(0.72);
    expect(bad.failing('gateway')).toBeGreaterThan(0.55);
    const now = await fleet.scrape();
    expect(now.sum('model_online_accuracy_ratio', { model_version: 'v42' })).toBeLessThan(0.87);
    expect(now.has('model_online_accuracy_ratio', { model_version: 'v41' })).toBe(false);
    expect(now.sum('feature_null_ratio', { feature: 'user_affinity_30d' })).toBeGreaterThan(0.6);
    expect(now.sum('gpu_utilisation_ratio')).toBeGreaterThan(0.4);
    expect(
      now.find('build_info', { service: 'ranking-model' }).map((sample) => sample.labels.version),
    ).toEqual(['v42']);
  });

  it('is over within three seconds of a roll-back, because v41 serves again', async () => {
    await fleet.fault({ kind: 'bad-model', ttlSeconds: 600 });
    await fleet.seconds(30);
    const reply = await fleet.post('/control/roll-back', { service: 'ranking-model', from: 'v42' });
    expect(reply.body).toMatchObject({ from: 'v42', to: 'v41' });
    await fleet.seconds(3);
    const after = await fleet.during(15);
    expect(after.failing('gateway')).toBeLessThan(0.001);
    expect(after.increase('http_requests_total', { model_version: 'v42' })).toBeLessThan(5);
    expect(after.increase('http_requests_total', { model_version: 'v41' })).toBeGreaterThan(15 * 300);
    expect(
      (await fleet.scrape()).sum('model_online_accuracy_ratio', { model_version: 'v41' }),
    ).toBeGreaterThan(0.92);
    const state = await fleet.send('GET', '/control/state');
    expect(state.body.faults).toEqual([]);
  });

  it('rolls back by itself at the end of its time to live', async () => {
    await fleet.fault({ kind: 'bad-model', ttlSeconds: 10 });
    await fleet.seconds(8);
    expect((await fleet.during(1)).failing('gateway')).toBeGreaterThan(0.5);
    await fleet.seconds(4);
    expect((await fleet.during(10)).failing('gateway')).toBeLessThan(0.001);
    expect((await fleet.scrape()).sum('build_info', { service: 'ranking-model', version: 'v41' })).toBe(1);
  });

  it('comes to an end as well when the traffic is shifted off it', async () => {
    await fleet.fault({ kind: 'bad-model', ttlSeconds: 600 });
    await fleet.seconds(10);
    await fleet.post('/control/traffic', { shares: { v41: 1 } });
    await fleet.seconds(2);
    expect((await fleet.during(10)).failing('gateway')).toBeLessThan(0.001);
  });
});

describe('stale features', () => {
  it('expire little by little: nulls and drift rise, accuracy and confidence fall, no request fails', async () => {
    const calm = await fleet.during(20);
    await fleet.fault({ kind: 'stale-features', expiredShare: 0.5, ttlSeconds: 60 });
    await fleet.seconds(30);
    const stale = await fleet.during(20);
    const now = await fleet.scrape();
    expect(now.sum('feature_null_ratio', { feature: 'user_country' })).toBeGreaterThan(0.4);
    expect(stale.increase('feature_reads_total', { result: 'miss' })).toBeGreaterThan(
      20 * calm.increase('feature_reads_total', { result: 'miss' }),
    );
    const meanValue = (during: typeof calm) =>
      during.increase('feature_value_sum', { feature: 'price_bucket' }) /
      during.increase('feature_value_count', { feature: 'price_bucket' });
    expect(meanValue(stale)).toBeGreaterThan(meanValue(calm) + 0.1);
    const meanConfidence = (during: typeof calm) =>
      during.increase('model_prediction_confidence_sum') /
      during.increase('model_prediction_confidence_count');
    expect(meanConfidence(stale)).toBeLessThan(meanConfidence(calm) - 0.05);
    expect(now.sum('model_online_accuracy_ratio')).toBeLessThan(0.9);
    expect(stale.failing('gateway')).toBeLessThan(0.001);
    await fleet.seconds(45);
    const healed = await fleet.scrape();
    expect(healed.sum('feature_null_ratio', { feature: 'user_country' })).toBeLessThan(0.01);
    expect(healed.sum('model_online_accuracy_ratio')).toBeGreaterThan(0.92);
  });
});

describe('an upstream outage', () => {
  it('fails every request at the gateway, with the breaker open as well, and ends by its time to live', async () => {
    await fleet.fault({ kind: 'upstream-outage', ttlSeconds: 20 });
    await fleet.seconds(2);
    const out = await fleet.during(5);
    expect(out.failing('gateway')).toBe(1);
    expect(out.increase('http_requests_total', { service: 'ranking-model' })).toBe(0);
    await fleet.post('/control/breaker', { service: 'ranking-model', open: true });
    expect((await fleet.during(5)).failing('gateway')).toBe(1);
    await fleet.post('/control/breaker', { service: 'ranking-model', open: false });
    await fleet.seconds(10);
    expect((await fleet.during(10)).failing('gateway')).toBeLessThan(0.001);
  });
});
