import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunningFleet } from './running-fleet.ts';

let fleet: RunningFleet;
beforeEach(async () => {
  fleet = await RunningFleet.start({ seed: 11 });
  await fleet.seconds(15);
});
afterEach(() => fleet.stop());

describe('scaling', () => {
  it('out of an overloaded service empties its queue; in makes it busier', async () => {
    const usual = (await fleet.scrape()).sum('gpu_utilisation_ratio');
    await fleet.post('/control/scale', { service: 'embedding', replicas: 1 });
    await fleet.seconds(10);
    const crowded = await fleet.scrape();
    expect(crowded.sum('replicas', { service: 'embedding' })).toBe(1);
    expect(crowded.sum('gpu_utilisation_ratio')).toBeGreaterThan(usual * 2);
    expect(crowded.sum('gpu_queue_length')).toBeGreaterThan(0.5);
    await fleet.post('/control/scale', { service: 'embedding', replicas: 8 });
    await fleet.seconds(10);
    const roomy = await fleet.scrape();
    expect(roomy.sum('replicas', { service: 'embedding' })).toBe(8);
    expect(roomy.sum('gpu_utilisation_ratio')).toBeLessThan(usual);
    expect(roomy.sum('gpu_queue_length')).toBe(0);
  });

  it('of too few rankers drops requests, and scaling out again stops that', async () => {
    await fleet.post('/control/scale', { service: 'ranking-model', replicas: 1 });
    await fleet.seconds(5);
    expect((await fleet.during(10)).failing('gateway')).toBeGreaterThan(0.3);
    await fleet.post('/control/scale', { service: 'ranking-model', replicas: 8 });
    await fleet.seconds(5);
    expect((await fleet.during(10)).failing('gateway')).toBeLessThan(0.001);
  });

  it('takes the last word: what was asked for and not yet ready is forgotten', async () => {
    await fleet.post('/control/scale', { service: 'embedding', replicas: 9 });
    await fleet.post('/control/scale', { service: 'embedding', replicas: 3 });
    await fleet.seconds(5);
    expect((await fleet.scrape()).sum('replicas', { service: 'embedding' })).toBe(3);
  });
});

describe('the breaker', () => {
  it('answers from the fallback while it is open: no failure, no ranking, less revenue', async () => {
    await fleet.fault({ kind: 'errors', service: 'ranking-model', share: 1, ttlSeconds: 600 });
    await fleet.seconds(1);
    expect((await fleet.during(5)).failing('gateway')).toBeGreaterThan(0.98);
    await fleet.post('/control/breaker', { service: 'ranking-model', open: true });
    await fleet.seconds(2);
    const guarded = await fleet.during(20);
    expect(guarded.failing('gateway')).toBeLessThan(0.001);
    expect(guarded.increase('http_requests_total', { service: 'ranking-model' })).toBe(0);
    expect(guarded.increase('fallback_responses_total')).toBeGreaterThan(20 * 300);
    expect((await fleet.scrape()).sum('circuit_breaker_open')).toBe(1);
  });

  it('sells less than a ranking does', async () => {
    const ranked = await fleet.during(60);
    await fleet.post('/control/breaker', { open: true });
    const guarded = await fleet.during(60);
    expect(guarded.increase('revenue_total')).toBeGreaterThan(0);
    expect(guarded.increase('revenue_total')).toBeLessThan(0.7 * ranked.increase('revenue_total'));
  });
});

describe('traffic', () => {
  it('is shared between two versions as asked', async () => {
    await fleet.post('/control/traffic', { service: 'ranking-model', shares: { v41: 0.75, v43: 0.25 } });
    await fleet.seconds(2);
    const split = await fleet.during(30);
    const all = split.increase('http_requests_total', { service: 'ranking-model' });
    expect(split.increase('http_requests_total', { model_version: 'v43' }) / all).toBeCloseTo(0.25, 1);
    const now = await fleet.scrape();
    expect(now.sum('replicas', { model_version: 'v41' })).toBe(6);
    expect(now.sum('replicas', { model_version: 'v43' })).toBe(2);
    expect(split.failing('gateway')).toBeLessThan(0.001);
  });

  it('goes back to the current version with a roll-back', async () => {
    await fleet.post('/control/traffic', { shares: { v41: 0.5, v43: 0.5 } });
    await fleet.seconds(5);
    expect((await fleet.post('/control/roll-back', { service: 'ranking-model' })).body).toMatchObject({
      to: 'v41',
    });
    await fleet.seconds(4);
    const back = await fleet.during(10);
    expect(back.increase('http_requests_total', { model_version: 'v43' })).toBe(0);
    expect(back.increase('http_requests_total', { model_version: 'v41' })).toBeGreaterThan(3_000);
  });

  it('is not sent to a model that does not exist, nor in shares that do not add up', async () => {
    expect((await fleet.post('/control/traffic', { shares: { v99: 1 } })).status).toBe(400);
    expect((await fleet.post('/control/traffic', { shares: { v41: 0.5 } })).status).toBe(400);
    expect((await fleet.during(5)).failing('gateway')).toBeLessThan(0.001);
  });
});

describe('a deployment', () => {
  it('of a good version rolls replica by replica and fails nobody', async () => {
    await fleet.post('/control/deploy', { service: 'ranking-model', version: 'v43' });
    const before = await fleet.scrape();
    await fleet.seconds(1);
    const midway = await fleet.scrape();
    expect(midway.sum('replicas', { model_version: 'v41' })).toBe(4);
    expect(midway.sum('replicas', { model_version: 'v43' })).toBe(4);
    expect(midway.find('build_info', { service: 'ranking-model' })).toHaveLength(2);
    await fleet.seconds(20);
    const after = await fleet.scrape();
    expect(after.has('replicas', { model_version: 'v41' })).toBe(false);
    expect(after.sum('model_online_accuracy_ratio', { model_version: 'v43' })).toBeGreaterThan(0.92);
    expect(
      after.sum('http_requests_total', { code: /^5/ }) - before.sum('http_requests_total', { code: /^5/ }),
    ).toBeLessThan(3);
  });

  it('of any service shows in its build_info and can be rolled back', async () => {
    await fleet.post('/control/deploy', { service: 'gateway', version: 'v13' });
    await fleet.seconds(3);
    expect((await fleet.scrape()).sum('build_info', { service: 'gateway', version: 'v13' })).toBe(1);
    await fleet.post('/control/roll-back', { service: 'gateway' });
    await fleet.seconds(3);
    expect((await fleet.scrape()).has('build_info', { service: 'gateway', version: 'v13' })).toBe(false);
    expect((await fleet.scrape()).sum('build_info', { service: 'gateway', version: 'v12' })).toBe(1);
  });

  it('of what runs already is refused', async () => {
    const reply = await fleet.post('/control/deploy', { service: 'ranking-model', version: 'v41' });
    expect(reply.status).toBe(409);
  });
});
