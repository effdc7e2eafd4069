import { describe, expect, it } from 'vitest';
import { type ActiveFault, CALM, conditionsOf, type FaultEffect } from '../../../main/demo/fault.ts';

function active(effect: FaultEffect, startedAt = 0): ActiveFault {
  return { id: `fault-${effect.kind}`, effect, startedAt, endsAt: startedAt + 60_000 };
}

describe('what a service feels of the faults in force', () => {
  it('is nothing where there are none, or only those of others', () => {
    expect(conditionsOf('gateway', [])).toEqual(CALM);
    expect(conditionsOf('gateway', [active({ kind: 'latency', service: 'embedding', addMs: 50 })])).toEqual(
      CALM,
    );
  });

  it('adds slowness up', () => {
    const faults = [10, 30].map((addMs) => active({ kind: 'latency', service: 'gateway', addMs }));
    expect(conditionsOf('gateway', faults).addMs).toBe(40);
  });

  it('combines shares of errors as independent chances', () => {
    const faults = [0.5, 0.5].map((share) => active({ kind: 'errors', service: 'gateway', share }));
    expect(conditionsOf('gateway', faults).errorShare).toBe(0.75);
  });

  it('is death where all replicas crash, and fewer replicas where some do', () => {
    expect(
      conditionsOf('gateway', [active({ kind: 'crash', service: 'gateway', replicas: null })]).down,
    ).toBe(true);
    const some = conditionsOf('gateway', [active({ kind: 'crash', service: 'gateway', replicas: 2 })]);
    expect(some.down).toBe(false);
    expect(some.lostReplicas).toBe(2);
  });

  it('remembers since when features are stale', () => {
    const fault = active({ kind: 'stale-features', service: 'feature-store', expiredShare: 0.4 }, 77);
    expect(conditionsOf('feature-store', [fault]).stale).toEqual({ sinceAt: 77, expiredShare: 0.4 });
  });

  it('is an outage of the session service at the gateway alone', () => {
    const fault = active({ kind: 'upstream-outage', service: 'gateway' });
    expect(conditionsOf('gateway', [fault]).sessionOutage).toBe(true);
    expect(conditionsOf('ranking-model', [fault]).sessionOutage).toBe(false);
  });

  it('is nothing directly for a bad model: its requests are what suffers', () => {
    expect(conditionsOf('ranking-model', [active({ kind: 'bad-model', service: 'ranking-model' })])).toEqual(
      CALM,
    );
  });
});
