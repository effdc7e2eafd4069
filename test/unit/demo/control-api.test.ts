import { describe, expect, it } from 'vitest';
import { type ControlAnswer, ControlApi } from '../../../main/demo/control-api.ts';
import { Fleet } from '../../../main/demo/fleet.ts';

const NOON = Date.UTC(2026, 4, 5, 12);

function api(): { fleet: Fleet; post: (path: string, body: unknown, key?: string) => ControlAnswer } {
  const fleet = new Fleet({ seed: 1, startAt: NOON, demand: () => 10 });
  const control = new ControlApi(fleet);
  return {
    fleet,
    post: (path, body, key) =>
      control.handle({
        method: 'POST',
        path: `/control/${path}`,
        body: JSON.stringify(body),
        idempotencyKey: key ?? null,
      }),
  };
}

describe('the control API', () => {
  it('accepts each kind of fault with nothing but its kind and, where it needs one, its service', () => {
    const { post, fleet } = api();
    for (const body of [
      { kind: 'latency', service: 'embedding' },
      { kind: 'errors', service: 'vector-index' },
      { kind: 'crash', service: 'feature-store' },
      { kind: 'bad-model' },
      { kind: 'stale-features' },
      { kind: 'upstream-outage' },
    ]) {
      expect(post('fault', body).status, JSON.stringify(body)).toBe(201);
    }
    expect(fleet.state().faults.map(({ effect }) => effect.kind)).toHaveLength(6);
  });

  it('takes fractions of a second as a time to live', () => {
    const { post } = api();
    expect(post('fault', { kind: 'bad-model', ttlSeconds: 0.5 }).body).toMatchObject({
      startedAt: NOON,
      endsAt: NOON + 500,
    });
  });

  it('says when what was asked for will be done', () => {
    const { post } = api();
    expect(post('deploy', { service: 'ranking-model', version: 'v43' })).toEqual({
      status: 200,
      body: { service: 'ranking-model', from: 'v41', to: 'v43', doneAt: NOON + 2_000 },
    });
    expect(post('scale', { service: 'gateway', replicas: 9 }).body).toEqual({
      service: 'gateway',
      replicas: 9,
      readyAt: NOON + 1_500,
    });
    expect(post('breaker', { open: true }).body).toEqual({ service: 'ranking-model', open: true });
    expect(post('traffic', { shares: { v41: 1 } }).body).toEqual({
      service: 'ranking-model',
      shares: { v41: 1 },
    });
  });

  it.each([
    ['scale', { service: 'gateway', replicas: 0 }],
    ['scale', { service: 'gateway', replicas: 65 }],
    ['scale', { service: 'gateway', replicas: 2.5 }],
    ['scale', { replicas: 2 }],
    ['breaker', {}],
    ['breaker', { service: 'embedding', open: true }],
    ['traffic', { shares: { v41: 1.5, v42: -0.5 } }],
    ['traffic', { shares: {} }],
    ['traffic', { shares: { '$(reboot)': 1 } }],
    ['deploy', { service: 'gateway', version: '../../etc' }],
    ['deploy', { service: 'ranking-model', version: 'v99' }],
    ['roll-back', {}],
    ['roll-back', { service: 'gateway', to: 'v1' }],
  ])('refuses %s %j as not understood', (path, body) => {
    const { post, fleet } = api();
    const before = fleet.state();
    expect(post(path, body)).toMatchObject({ status: 400, body: { error: { code: 'invalid' } } });
    expect(fleet.state()).toEqual(before);
  });

  it('names what was wrong, and where', () => {
    const { post } = api();
    expect(JSON.stringify(post('scale', { service: 'gateway', replicas: 'many' }).body)).toContain(
      'replicas:',
    );
    expect(JSON.stringify(post('deploy', { service: 'ranking-model', version: 'v99' }).body)).toContain(
      'v40, v41, v42, v43',
    );
  });

  it('remembers a bounded number of keys, the newest', () => {
    const { post, fleet } = api();
    for (let index = 0; index <= 1_000; index++) post('breaker', { open: true }, `key-${index}`);
    fleet.setBreaker(false);
    post('breaker', { open: true }, 'key-1000');
    expect(fleet.state().breaker.open).toBe(false);
    post('breaker', { open: true }, 'key-0');
    expect(fleet.state().breaker.open).toBe(true);
  });

  it('repeats a refusal too: what was a conflict under a key stays one', () => {
    const { post, fleet } = api();
    const first = post('deploy', { service: 'ranking-model', version: 'v41' }, 'k');
    expect(first.status).toBe(409);
    fleet.deploy('ranking-model', 'v43');
    expect(post('deploy', { service: 'ranking-model', version: 'v41' }, 'k')).toEqual(first);
    expect(fleet.state().services[1]?.version).toBe('v43');
  });
});
