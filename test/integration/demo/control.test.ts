import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOON, RunningFleet } from './running-fleet.ts';

let fleet: RunningFleet;
beforeEach(async () => {
  fleet = await RunningFleet.start({ seed: 5 });
  await fleet.seconds(5);
});
afterEach(() => fleet.stop());

function errorOf(body: Readonly<Record<string, unknown>>): { code: string; message: string } {
  return body.error as { code: string; message: string };
}

async function faults(): Promise<readonly Record<string, unknown>[]> {
  return (await fleet.send('GET', '/control/state')).body.faults as Record<string, unknown>[];
}

describe('a fault over the control API', () => {
  it('is answered with its id and when it ends, and is listed until then', async () => {
    const reply = await fleet.post('/control/fault', {
      kind: 'latency',
      service: 'embedding',
      ttlSeconds: 30,
    });
    expect(reply.status).toBe(201);
    expect(reply.body).toEqual({
      id: 'fault-1',
      kind: 'latency',
      service: 'embedding',
      addMs: 120,
      startedAt: NOON + 5_000,
      endsAt: NOON + 35_000,
    });
    await fleet.seconds(29);
    expect(await faults()).toHaveLength(1);
    await fleet.seconds(2);
    expect(await faults()).toEqual([]);
  });

  it('lives ten minutes where nobody says how long', async () => {
    const { body } = await fleet.post('/control/fault', { kind: 'upstream-outage' });
    expect(Number(body.endsAt) - Number(body.startedAt)).toBe(600_000);
  });

  it.each([
    ['an unknown kind', { kind: 'meteor' }],
    ['no kind', { service: 'gateway' }],
    ['an unknown service', { kind: 'errors', service: 'billing' }],
    ['no service where one is needed', { kind: 'latency' }],
    ['a share above 1', { kind: 'errors', service: 'gateway', share: 2 }],
    ['a time to live of nothing', { kind: 'upstream-outage', ttlSeconds: 0 }],
    ['a time to live of a week', { kind: 'upstream-outage', ttlSeconds: 604_800 }],
    ['a misspelt parameter', { kind: 'upstream-outage', ttl: 5 }],
    ['a list', [1, 2]],
  ])('is refused with a reason and changes nothing: %s', async (_what, body) => {
    const reply = await fleet.post('/control/fault', body);
    expect(reply.status).toBe(400);
    expect(errorOf(reply.body).message).toContain('nothing was changed');
    expect(await faults()).toEqual([]);
  });

  it('is refused where the same one is in force already', async () => {
    await fleet.fault({ kind: 'upstream-outage' });
    const again = await fleet.post('/control/fault', { kind: 'upstream-outage' });
    expect(again.status).toBe(409);
    expect(errorOf(again.body).message).toContain('fault-1');
  });

  it('needs JSON, said so in its type', async () => {
    expect((await fleet.post('/control/fault', '{"kind":')).status).toBe(400);
    const plain = await fleet.post('/control/fault', '{"kind":"upstream-outage"}', {
      'content-type': 'text/plain',
    });
    expect(plain.status).toBe(415);
    expect(await faults()).toEqual([]);
  });
});

describe('a roll-back', () => {
  it('refuses when something else runs than the caller believes, so that two of them do not go back twice', async () => {
    await fleet.fault({ kind: 'bad-model' });
    expect((await fleet.post('/control/roll-back', { service: 'ranking-model', from: 'v42' })).status).toBe(
      200,
    );
    const second = await fleet.post('/control/roll-back', { service: 'ranking-model', from: 'v42' });
    expect(second.status).toBe(409);
    expect(errorOf(second.body).message).toContain('runs v41, not v42');
  });

  it('has nowhere to go beyond the first version', async () => {
    expect((await fleet.post('/control/roll-back', { service: 'gateway' })).status).toBe(200);
    expect((await fleet.post('/control/roll-back', { service: 'gateway' })).status).toBe(409);
  });
});

describe('an idempotency key', () => {
  const key = { 'idempotency-key': 'run-1-step-3' };

  it('makes the effect happen once and the answer the same each time', async () => {
    const first = await fleet.post('/control/fault', { kind: 'errors', service: 'gateway' }, key);
    await fleet.seconds(3);
    const second = await fleet.post('/control/fault', { kind: 'errors', service: 'gateway' }, key);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect(await faults()).toHaveLength(1);
  });

  it('remembers the answer beyond the end of what it started', async () => {
    const first = await fleet.post('/control/fault', { kind: 'upstream-outage', ttlSeconds: 1 }, key);
    await fleet.seconds(3);
    expect(
      (await fleet.post('/control/fault', { kind: 'upstream-outage', ttlSeconds: 1 }, key)).body,
    ).toEqual(first.body);
    expect(await faults()).toEqual([]);
  });

  it('goes back one version however often the roll-back is sent', async () => {
    await fleet.fault({ kind: 'bad-model' });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await fleet.post('/control/roll-back', { service: 'ranking-model' }, key)).body).toMatchObject({
        to: 'v41',
      });
    }
    await fleet.seconds(4);
    expect((await fleet.scrape()).has('build_info', { service: 'ranking-model', version: 'v41' })).toBe(true);
  });

  it('is not for another request', async () => {
    await fleet.post('/control/scale', { service: 'gateway', replicas: 5 }, key);
    const other = await fleet.post('/control/scale', { service: 'gateway', replicas: 6 }, key);
    expect(other.status).toBe(422);
    await fleet.seconds(4);
    expect((await fleet.scrape()).sum('replicas', { service: 'gateway' })).toBe(5);
  });

  it('stays free when the request was not understood', async () => {
    expect((await fleet.post('/control/scale', { service: 'gateway', replicas: 0 }, key)).status).toBe(400);
    expect((await fleet.post('/control/scale', { service: 'gateway', replicas: 5 }, key)).status).toBe(200);
  });

  it('of absurd length is refused', async () => {
    expect(
      (
        await fleet.post(
          '/control/scale',
          { service: 'gateway', replicas: 5 },
          { 'idempotency-key': 'k'.repeat(300) },
        )
      ).status,
    ).toBe(400);
  });
});

describe('the addresses', () => {
  it('say which method they take', async () => {
    const wrong = await fleet.send('GET', '/control/fault');
    expect(wrong.status).toBe(405);
    expect(wrong.headers.get('allow')).toBe('POST');
    expect((await fleet.send('POST', '/control/state')).status).toBe(405);
    expect((await fleet.send('POST', '/metrics')).status).toBe(405);
  });

  it('answer 404 with a way on where there is nothing', async () => {
    for (const path of ['/control/nothing', '/nothing', '/billing/metrics']) {
      const reply = await fleet.send('GET', path);
      expect(reply.status).toBe(404);
      expect(errorOf(reply.body).message).toContain('GET /');
    }
  });

  it('include a page for people that loads nothing', async () => {
    const { text, type } = await fleet.text('/');
    expect(type).toContain('text/html');
    for (const path of ['/metrics', '/ranking-model/metrics', '/control/fault', '/history'])
      expect(text).toContain(path);
    expect(text).not.toMatch(/<script|<img|<link/);
  });

  it('refuse a body over 64 KiB without reading it all', async () => {
    const reply = await fleet.post('/control/fault', JSON.stringify({ kind: 'x'.repeat(70_000) }));
    expect(reply.status).toBe(413);
    expect((await fleet.send('GET', '/control/state')).status).toBe(200);
  });

  it('survive what is not HTTP at all', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(fleet.server.port, '127.0.0.1', () =>
        socket.end('\u0000\u0001 nonsense\r\n\r\n'),
      );
      socket.on('close', () => resolve()).resume();
    });
    expect((await fleet.text()).status).toBe(200);
  });
});

describe('a control token', () => {
  it('is wanted for everything under /control and for nothing else', async () => {
    const guarded = await RunningFleet.start({ controlToken: 'open-sesame' });
    try {
      const body = { kind: 'upstream-outage' };
      expect((await guarded.post('/control/fault', body)).status).toBe(401);
      expect(
        (await guarded.post('/control/fault', body, { authorization: 'Bearer open-sesamf' })).status,
      ).toBe(401);
      expect((await guarded.send('GET', '/control/state')).status).toBe(401);
      expect((await guarded.text('/metrics')).status).toBe(200);
      expect(
        (await guarded.post('/control/fault', body, { authorization: 'Bearer open-sesame' })).status,
      ).toBe(201);
    } finally {
      await guarded.stop();
    }
  });
});

describe('the state', () => {
  it('tells versions, replicas, traffic, breaker and faults', async () => {
    await fleet.post('/control/breaker', { service: 'gateway', open: true });
    const { body } = await fleet.send('GET', '/control/state');
    expect(body).toMatchObject({
      breaker: { service: 'ranking-model', open: true },
      faults: [],
      skipped: { times: 0 },
    });
    const services = body.services as Record<string, unknown>[];
    expect(services.find((each) => each.service === 'ranking-model')).toEqual({
      service: 'ranking-model',
      up: true,
      version: 'v41',
      previousVersion: 'v40',
      replicas: { v41: 8 },
      liveReplicas: 8,
      trafficShares: { v41: 1 },
      rollout: null,
    });
  });

  it('says how much time was skipped after the process stood still; faults end all the same', async () => {
    await fleet.fault({ kind: 'upstream-outage', ttlSeconds: 120 });
    const before = await fleet.scrape();
    fleet.clock.jump(3_600_000);
    await fleet.seconds(1);
    const after = await fleet.scrape();
    const { body } = await fleet.send('GET', '/control/state');
    expect(body.skipped).toMatchObject({ times: 1 });
    expect((body.skipped as Record<string, number>).totalMs).toBeGreaterThan(3_590_000);
    expect(body.faults).toEqual([]);
    const missed =
      after.sum('http_requests_total', { service: 'gateway' }) -
      before.sum('http_requests_total', { service: 'gateway' });
    expect(missed).toBeGreaterThan(0);
    expect(missed).toBeLessThan(2_000);
    expect((await fleet.during(5)).failing('gateway')).toBeLessThan(0.001);
  });

  it('a shorter stop is lived through, request by request', async () => {
    const before = await fleet.scrape();
    fleet.clock.jump(30_000);
    const after = await fleet.scrape();
    expect(
      after.sum('http_requests_total', { service: 'gateway' }) -
        before.sum('http_requests_total', { service: 'gateway' }),
    ).toBeGreaterThan(10_000);
  });
});
