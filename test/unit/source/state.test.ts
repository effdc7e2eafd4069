import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs, DEFAULT_BACK_OFF } from '../../../main/source/back-off.ts';
import type { SourceFailure } from '../../../main/source/failure.ts';
import { isFailing, type SourceEvent, startingState, step } from '../../../main/source/state.ts';

const failureOf = (
  condition: SourceFailure['condition'],
  retryAfterMs: number | null = null,
): SourceFailure => ({
  condition,
  code: condition,
  problem: `it is ${condition}`,
  retryAfterMs,
});
const answered = (latencyMs: number): SourceEvent => ({ kind: 'answered', latencyMs, slowAfterMs: 1000 });
const failed = (startedAt: number, failure = failureOf('unreachable')): SourceEvent => ({
  kind: 'failed',
  failure,
  startedAt,
  jitter: 1,
});

describe('the state of a source', () => {
  it('begins as neither good nor bad', () => {
    expect(startingState(5)).toMatchObject({ condition: 'starting', sinceAt: 5, lastOkAt: null });
  });

  it('is ok at the first answer and keeps since when', () => {
    const first = step(startingState(0), answered(10), 100);
    const second = step(first.state, answered(12), 200);
    expect(first.reason).toContain('10 ms');
    expect(second.state).toMatchObject({ condition: 'ok', sinceAt: 100, lastOkAt: 200, latencyMs: 12 });
    expect(second.reason).toBeNull();
  });

  it('is slow over the limit, and quick again only under half of it', () => {
    let state = step(startingState(0), answered(1001), 1).state;
    expect(state.condition).toBe('slow');
    state = step(state, answered(900), 2).state;
    expect(state.condition).toBe('slow');
    state = step(state, answered(400), 3).state;
    expect(state).toMatchObject({ condition: 'ok', sinceAt: 3 });
  });

  it('keeps the last good time and the reason while it fails, and waits longer each time', () => {
    let state = step(startingState(0), answered(1), 1000).state;
    const waits: number[] = [];
    let now = 2000;
    for (let i = 0; i < 8; i += 1) {
      state = step(state, failed(now), now + 1).state;
      if (!isFailing(state)) throw new Error('it should fail');
      waits.push(state.nextTryAt - (now + 1));
      now = state.nextTryAt;
    }
    expect(state).toMatchObject({ condition: 'unreachable', sinceAt: 2001, lastOkAt: 1000 });
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  });

  it('counts requests that fail together as one failure', () => {
    let state = step(startingState(0), failed(10), 20).state;
    state = step(state, failed(11), 21).state;
    state = step(state, failed(12), 21).state;
    expect(state).toMatchObject({ failures: 1, nextTryAt: 1020 });
  });

  it('tries at once when a person asks, and is well again at the first answer', () => {
    let state = step(startingState(0), failed(10), 20).state;
    state = step(state, { kind: 'try-now' }, 30).state;
    expect(state).toMatchObject({ nextTryAt: 30 });
    expect(step(state, answered(1), 31).state).toMatchObject({ condition: 'ok', sinceAt: 31 });
    expect(step(startingState(0), { kind: 'try-now' }, 1).state.condition).toBe('starting');
  });

  it('never claims to be well after a failure, and never forgets when it was last well', () => {
    const event = fc.oneof(
      fc.record({ ok: fc.constant(true), ms: fc.nat(3000) }),
      fc.record({ ok: fc.constant(false), ms: fc.nat(3000) }),
    );
    fc.assert(
      fc.property(fc.array(event, { minLength: 1 }), (events) => {
        let state = startingState(0);
        let lastOkAt: number | null = null;
        events.forEach((one, index) => {
          const now = (index + 1) * 1000;
          state = step(state, one.ok ? answered(one.ms) : failed(now - 500), now).state;
          if (one.ok) lastOkAt = now;
          expect(['ok', 'slow'].includes(state.condition)).toBe(one.ok);
          expect(state.lastOkAt).toBe(lastOkAt);
          expect(state.sinceAt).toBeLessThanOrEqual(now);
          if (isFailing(state)) expect(state.nextTryAt).toBeGreaterThan(now);
        });
      }),
    );
  });
});

describe('the back-off', () => {
  it('stays between half and all of its ceiling and never over the maximum', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, jitter) => {
          const waitMs = backOffMs(failures, jitter, null, DEFAULT_BACK_OFF);
          expect(waitMs).toBeGreaterThanOrEqual(DEFAULT_BACK_OFF.firstMs / 2);
          expect(waitMs).toBeLessThanOrEqual(DEFAULT_BACK_OFF.maxMs);
        },
      ),
    );
  });

  it('is never shorter than what the server asked for', () => {
    expect(backOffMs(1, 0, 90_000, DEFAULT_BACK_OFF)).toBe(90_000);
  });
});
