import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultEffect } from '../../../main/demo/fault.ts';
import { Fleet } from '../../../main/demo/index.ts';
import { readExposition } from '../../integration/demo/scraped.ts';

const NOON = Date.UTC(2026, 4, 5, 12);
const steady = () => 100;

function text(fleet: Fleet): string {
  const exposed = fleet.expose('prometheus');
  if (exposed === null) throw new Error('nothing exposed');
  return exposed;
}

/** An hour's worth of trouble in a few seconds. */
function trouble(fleet: Fleet, advance: (toAt: number) => void): void {
  advance(NOON + 2_000);
  fleet.startFault({ kind: 'bad-model', service: 'ranking-model' }, 4_000);
  advance(NOON + 4_000);
  fleet.startFault({ kind: 'crash', service: 'vector-index', replicas: null }, 1_500);
  fleet.scale('embedding', 6);
  advance(NOON + 7_000);
  fleet.rollBack('ranking-model');
  advance(NOON + 12_000);
}

describe('the fleet in simulated time', () => {
  it('gives the same metrics to the last digit for the same seed and commands', () => {
    const run = (seed: number): string => {
      const fleet = new Fleet({ seed, startAt: NOON });
      trouble(fleet, (at) => fleet.advanceTo(at));
      return text(fleet);
    };
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });

  it('does not depend on how often it is asked to go on', () => {
    const whole = new Fleet({ seed: 1, startAt: NOON });
    trouble(whole, (at) => whole.advanceTo(at));
    fc.assert(
      fc.property(fc.integer({ min: 7, max: 900 }), (stepMs) => {
        const stepped = new Fleet({ seed: 1, startAt: NOON });
        trouble(stepped, (at) => {
          while (stepped.now < at) stepped.advanceTo(Math.min(at, stepped.now + stepMs));
        });
        expect(text(stepped)).toBe(text(whole));
      }),
      { numRuns: 5 },
    );
  });

  it('is not changed by being looked at', () => {
    const watched = new Fleet({ seed: 1, startAt: NOON });
    const alone = new Fleet({ seed: 1, startAt: NOON });
    for (let second = 1; second <= 10; second++) {
      watched.advanceTo(NOON + second * 1_000);
      text(watched);
      watched.state();
    }
    alone.advanceTo(NOON + 10_000);
    expect(text(watched)).toBe(text(alone));
  });

  it('fails about two requests in a hundred thousand when nothing is wrong', () => {
    const fleet = new Fleet({ seed: 3, startAt: NOON, demand: () => 500 });
    fleet.advanceTo(NOON + 800_000);
    const scraped = readExposition(text(fleet));
    const failed = scraped.sum('http_requests_total', { service: 'gateway', code: /^5/ });
    expect(failed).toBeGreaterThanOrEqual(2);
    expect(failed).toBeLessThanOrEqual(18);
  });

  it('holds its objectives at the top of the daily curve', () => {
    const fleet = new Fleet({ seed: 3, startAt: NOON, demand: () => 640 });
    fleet.advanceTo(NOON + 60_000);
    const scraped = readExposition(text(fleet));
    const labels = { service: 'ranking-model', model_version: 'v41' };
    const fast = scraped.sum('http_request_duration_seconds_bucket', { ...labels, le: '0.1' });
    expect(1 - fast / scraped.sum('http_request_duration_seconds_count', labels)).toBeLessThan(0.006);
    expect(scraped.sum('http_requests_total', { service: 'gateway', code: /^5/ })).toBeLessThanOrEqual(3);
  });

  it('ends every fault at its time, to the millisecond', () => {
    const fleet = new Fleet({ seed: 1, startAt: NOON, demand: steady });
    fleet.startFault({ kind: 'upstream-outage', service: 'gateway' }, 5_000);
    fleet.advanceTo(NOON + 4_999);
    expect(fleet.state().faults).toHaveLength(1);
    fleet.advanceTo(NOON + 5_000);
    expect(fleet.state().faults).toHaveLength(0);
  });

  it('returns to health after any faults, however they overlap', () => {
    const service = fc.constantFrom('gateway', 'ranking-model', 'feature-store', 'embedding', 'vector-index');
    const effect: fc.Arbitrary<FaultEffect> = fc.oneof(
      fc.record({
        kind: fc.constant('latency' as const),
        service,
        addMs: fc.integer({ min: 1, max: 2_000 }),
      }),
      fc.record({
        kind: fc.constant('errors' as const),
        service,
        share: fc.double({ min: 0.01, max: 1, noNaN: true }),
      }),
      fc.record({
        kind: fc.constant('crash' as const),
        service,
        replicas: fc.option(fc.integer({ min: 1, max: 12 })),
      }),
      fc.constant({ kind: 'bad-model' as const, service: 'ranking-model' as const }),
      fc.record({
        kind: fc.constant('stale-features' as const),
        service: fc.constant('feature-store' as const),
        expiredShare: fc.constant(0.5),
      }),
      fc.constant({ kind: 'upstream-outage' as const, service: 'gateway' as const }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(effect, fc.integer({ min: 100, max: 6_000 }), fc.integer({ min: 0, max: 2_000 })), {
          maxLength: 6,
        }),
        (faults) => {
          const fleet = new Fleet({ seed: 2, startAt: NOON, demand: steady });
          for (const [what, ttlMs, gapMs] of faults) {
            fleet.startFault(what, ttlMs);
            fleet.advanceTo(fleet.now + gapMs);
          }
          fleet.advanceTo(fleet.now + 12_000);
          expect(fleet.state().faults).toEqual([]);
          const before = readExposition(text(fleet));
          fleet.advanceTo(fleet.now + 10_000);
          const after = readExposition(text(fleet));
          const grown = (code: RegExp) =>
            after.sum('http_requests_total', { service: 'gateway', code }) -
            before.sum('http_requests_total', { service: 'gateway', code });
          expect(grown(/^5/)).toBeLessThan(3);
          expect(grown(/^200$/)).toBeGreaterThan(800);
          expect(after.sum('replicas', { service: 'ranking-model' })).toBe(8);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('takes no more than a bounded number of faults', () => {
    const fleet = new Fleet({ seed: 1, startAt: NOON, demand: steady });
    const services = ['gateway', 'ranking-model', 'feature-store', 'embedding', 'vector-index'] as const;
    for (const service of services) {
      expect(fleet.startFault({ kind: 'latency', service, addMs: 1 }, 1e6).ok).toBe(true);
      expect(fleet.startFault({ kind: 'latency', service, addMs: 2 }, 1e6)).toMatchObject({
        ok: false,
        error: { code: 'conflict' },
      });
    }
    expect(fleet.state().faults).toHaveLength(5);
  });

  it('keeps a fault of one life from reaching into the next', () => {
    const fleet = new Fleet({ seed: 1, startAt: NOON, demand: steady });
    fleet.advanceTo(NOON + 5_000);
    fleet.startFault({ kind: 'crash', service: 'ranking-model', replicas: null }, 200);
    fleet.advanceTo(NOON + 30_000);
    const scraped = readExposition(text(fleet));
    const requests = scraped.sum('http_requests_total', { service: 'ranking-model' });
    expect(requests).toBe(scraped.sum('http_request_duration_seconds_count', { service: 'ranking-model' }));
    expect(scraped.sum('request_queue_length', { service: 'ranking-model' })).toBe(0);
    expect(scraped.sum('process_resident_memory_bytes', { service: 'ranking-model' })).toBeGreaterThan(1e9);
  });

  it('is down, not merely small, when more replicas crash than it has', () => {
    const fleet = new Fleet({ seed: 1, startAt: NOON, demand: steady });
    fleet.startFault({ kind: 'crash', service: 'embedding', replicas: 12 }, 5_000);
    expect(fleet.expose('prometheus', 'embedding')).toBeNull();
    expect(fleet.expose('prometheus', 'nobody')).toBeNull();
    fleet.advanceTo(NOON + 6_000);
    expect(fleet.expose('prometheus', 'embedding')).not.toBeNull();
  });

  it('skips time without living it: counters stand, faults end, traffic goes on', () => {
    const fleet = new Fleet({ seed: 1, startAt: NOON, demand: steady });
    fleet.advanceTo(NOON + 10_000);
    fleet.startFault({ kind: 'bad-model', service: 'ranking-model' }, 60_000);
    fleet.advanceTo(NOON + 15_000);
    const count = () => readExposition(text(fleet)).sum('http_requests_total', { service: 'gateway' });
    const before = count();
    fleet.skipTo(NOON + 3_600_000);
    expect(count()).toBe(before);
    expect(fleet.state()).toMatchObject({
      faults: [],
      skipped: { times: 1, totalMs: 3_585_000, lastAt: NOON + 3_600_000 },
    });
    fleet.skipTo(NOON);
    expect(fleet.now).toBe(NOON + 3_600_000);
    fleet.advanceTo(NOON + 3_605_000);
    expect(count()).toBeGreaterThan(before + 400);
    expect(Object.keys(fleet.state().services[1]?.replicas ?? {})).toEqual(['v41']);
  });
});
