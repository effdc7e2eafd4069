import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deployment, REPLICA_START_MS, ROLLOUT_MS } from '../../../main/demo/deployment.ts';
import { EventQueue } from '../../../main/demo/event-queue.ts';

function deployed(versions: readonly string[] = ['v1', 'v2'], replicas = 8) {
  const events = new EventQueue(1_000);
  const seen: Record<string, number>[] = [];
  const deployment: Deployment = new Deployment(events, versions, replicas, () =>
    seen.push(Object.fromEntries(deployment.replicas)),
  );
  return { events, deployment, seen };
}

function total(replicas: Readonly<Record<string, number>>): number {
  return Object.values(replicas).reduce((sum, count) => sum + count, 0);
}

describe('a deployment', () => {
  it('begins with its newest version on every replica', () => {
    const { deployment } = deployed();
    expect(deployment.current).toBe('v2');
    expect(deployment.previous).toBe('v1');
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 8 });
    expect(Object.fromEntries(deployment.trafficShares())).toEqual({ v2: 1 });
  });

  it('rolls replica by replica, traffic following, and is done when it said', () => {
    const { events, deployment, seen } = deployed();
    const rolled = deployment.deploy('v3');
    expect(rolled).toEqual({ ok: true, value: { from: 'v2', to: 'v3', doneAt: 1_000 + ROLLOUT_MS } });
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 8 });
    events.advanceTo(1_000 + ROLLOUT_MS / 2);
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 4, v3: 4 });
    expect(Object.fromEntries(deployment.trafficShares())).toEqual({ v2: 0.5, v3: 0.5 });
    expect(deployment.rolling).not.toBeNull();
    events.advanceTo(1_000 + ROLLOUT_MS);
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v3: 8 });
    expect(deployment.rolling).toBeNull();
    expect(seen.every((replicas) => total(replicas) === 8)).toBe(true);
  });

  it('rolls back to the version before, also in the middle of a roll-out', () => {
    const { events, deployment } = deployed();
    deployment.deploy('v3');
    events.advanceTo(1_600);
    expect(deployment.rollBack()).toMatchObject({ ok: true, value: { from: 'v3', to: 'v2' } });
    events.advanceTo(10_000);
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 8 });
    expect(deployment.previous).toBe('v1');
  });

  it('cannot go back beyond its first version', () => {
    const { deployment } = deployed(['v1']);
    expect(deployment.rollBack()).toMatchObject({ ok: false, error: { code: 'conflict' } });
    expect(deployment.current).toBe('v1');
  });

  it('does not deploy what runs already', () => {
    const { deployment } = deployed();
    expect(deployment.deploy('v2')).toMatchObject({ ok: false, error: { code: 'conflict' } });
  });

  it('splits traffic by hand, replicas in proportion but never none', () => {
    const { deployment } = deployed();
    deployment.splitTraffic(
      new Map([
        ['v2', 0.97],
        ['v3', 0.03],
      ]),
    );
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 8, v3: 1 });
    expect(deployment.trafficShares().get('v3')).toBe(0.03);
    deployment.splitTraffic(
      new Map([
        ['v2', 1],
        ['v3', 0],
      ]),
    );
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 8 });
    expect(deployment.explicitShares).toBeNull();
  });

  it('stops a roll-out that traffic was shifted away from', () => {
    const { events, deployment } = deployed();
    deployment.deploy('v3');
    deployment.splitTraffic(new Map([['v2', 1]]));
    events.advanceTo(10_000);
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 8 });
  });

  it('rolls back to where all traffic was moved, never to what it was moved away from', () => {
    const { events, deployment } = deployed();
    deployment.deploy('v3');
    events.advanceTo(10_000);
    deployment.splitTraffic(new Map([['v2', 1]]));
    expect(deployment.rollBack()).toMatchObject({ ok: true, value: { from: 'v3', to: 'v2' } });
    events.advanceTo(20_000);
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 8 });
    expect(deployment.current).toBe('v2');
  });

  it('takes back a split by hand with a roll-back, to the current version', () => {
    const { events, deployment } = deployed();
    deployment.splitTraffic(
      new Map([
        ['v2', 0.5],
        ['v3', 0.5],
      ]),
    );
    expect(deployment.rollBack()).toMatchObject({ ok: true, value: { to: 'v2' } });
    events.advanceTo(10_000);
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 8 });
    expect(deployment.previous).toBe('v1');
  });

  it('withdraws a version wherever it is, and leaves others alone', () => {
    const { events, deployment } = deployed();
    deployment.deploy('v3');
    events.advanceTo(10_000);
    deployment.withdraw('v9');
    expect(deployment.rolling).toBeNull();
    deployment.withdraw('v3');
    events.advanceTo(20_000);
    expect(Object.fromEntries(deployment.replicas)).toEqual({ v2: 8 });
    expect(deployment.current).toBe('v2');
  });

  it('scales in at once and out when the replicas have started', () => {
    const { events, deployment } = deployed();
    expect(deployment.scale(3)).toBe(1_000);
    expect(deployment.replicas.get('v2')).toBe(3);
    expect(deployment.scale(12)).toBe(1_000 + REPLICA_START_MS);
    expect(deployment.replicas.get('v2')).toBe(3);
    events.advanceTo(1_000 + REPLICA_START_MS);
    expect(deployment.replicas.get('v2')).toBe(12);
  });

  it('keeps its replicas serving through whatever it is told, and ends on what was asked last', () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('deploy' as const), version: fc.constantFrom('v1', 'v2', 'v3', 'v4') }),
      fc.record({ kind: fc.constant('back' as const) }),
      fc.record({ kind: fc.constant('scale' as const), replicas: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ kind: fc.constant('withdraw' as const), version: fc.constantFrom('v3', 'v4') }),
      fc.record({ kind: fc.constant('split' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(act, fc.integer({ min: 0, max: 3_000 })), { maxLength: 12 }), (acts) => {
        const { events, deployment, seen } = deployed();
        for (const [what, gapMs] of acts) {
          if (what.kind === 'deploy') deployment.deploy(what.version);
          else if (what.kind === 'back') deployment.rollBack();
          else if (what.kind === 'scale') deployment.scale(what.replicas);
          else if (what.kind === 'withdraw') deployment.withdraw(what.version);
          else
            deployment.splitTraffic(
              new Map([
                [deployment.current, what.share],
                ['v5', 1 - what.share],
              ]),
            );
          events.advanceTo(events.now + gapMs);
        }
        events.advanceTo(events.now + 10_000);
        for (const replicas of seen) {
          expect(total(replicas)).toBeGreaterThanOrEqual(1);
          for (const count of Object.values(replicas)) expect(count).toBeGreaterThanOrEqual(1);
        }
        const shares = [...deployment.trafficShares().values()].reduce((sum, share) => sum + share, 0);
        expect(shares).toBeGreaterThan(0.8);
        if (deployment.explicitShares === null)
          expect([...deployment.replicas.keys()]).toEqual([deployment.current]);
      }),
    );
  });
});
