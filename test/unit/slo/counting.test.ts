import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Asking,
  askNumber,
  combine,
  countWindow,
  problemOf,
  readCounters,
} from '../../../main/slo/count.ts';
import { createLimit } from '../../../main/slo/limit.ts';
import { countSince, mustRecount, recount } from '../../../main/slo/long-window.ts';
import { decide, planObjective } from '../../../main/slo/math/index.ts';
import { movedSince, moveOdometer, startOdometer } from '../../../main/slo/odometer.ts';
import { lookSeen, mustLook, type Seen, seenFraction } from '../../../main/slo/seen.ts';
import { packCases, sloApi } from '../../../main/slo/slo-api.ts';
import { type QueryError, QueryErrorCode } from '../../../shared/model/metric.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { type CounterTarget, counterTarget } from '../../support/counter-target.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = 1_800_000_000_000;
const asking = (target: CounterTarget): Asking => ({ target, limit: createLimit(4), timeoutMs: 1_000 });

function counters() {
  const read = readCounters({ indicator: { bad: 'failed', total: 'requests' } });
  if (!read.ok) throw new Error(read.error.message);
  return read.value;
}

function value<T>(result: { ok: true; value: T } | { ok: false; error: { message: string } }): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('bad and total events', () => {
  it('have no bad where the bad series is not there, but only where the total has data', () => {
    expect(combine('bad', null, 100)).toEqual({ bad: 0, total: 100 });
    expect(combine('bad', null, null)).toEqual({ bad: null, total: null });
    expect(combine('bad', 5, null)).toEqual({ bad: null, total: null });
    expect(combine('good', null, 100)).toEqual({ bad: 100, total: 100 });
  });

  it('stay between nothing and all, whatever extrapolation makes of them', () => {
    const events = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom('good' as const, 'bad' as const), events, events, (partIs, part, total) => {
        const { bad } = combine(partIs, part, total);
        expect(bad).toBeGreaterThanOrEqual(0);
        expect(bad).toBeLessThanOrEqual(total);
      }),
    );
  });

  it('are one of good and bad: both or neither is refused', () => {
    expect(readCounters({ indicator: { total: 'requests' } }).ok).toBe(false);
    expect(readCounters({ indicator: { good: 'a', bad: 'b', total: 'requests' } }).ok).toBe(false);
  });

  it('cannot be had where either query fails', async () => {
    const target = counterTarget();
    target.grow('requests', 1, T0 - HOUR_MS, T0, SECOND_MS);
    target.failOn(/failed/);
    expect((await countWindow(asking(target), counters(), MINUTE_MS, T0)).ok).toBe(false);
    target.failOn(/requests/);
    expect((await countWindow(asking(target), counters(), MINUTE_MS, T0)).ok).toBe(false);
  });

  it('are null, not zero, for an empty vector and for not a number', async () => {
    const answers = (numbers: readonly number[]): Asking => ({
      ...asking(counterTarget()),
      target: {
        ...counterTarget(),
        instant: async () => ({
          ok: true,
          value: { kind: 'vector', samples: numbers.map((one) => ({ labels: {}, at: T0, value: one })) },
        }),
      },
    });
    expect(value(await askNumber(answers([]), 'x', T0))).toBeNull();
    expect(value(await askNumber(answers([Number.NaN]), 'x', T0))).toBeNull();
    expect(value(await askNumber(answers([Number.POSITIVE_INFINITY]), 'x', T0))).toBeNull();
    expect(value(await askNumber(answers([2, 3]), 'x', T0))).toBe(5);
    expect(value(await askNumber(answers([-1]), 'x', T0))).toBe(0);
  });

  it('tell a source that fails from a query that is wrong', () => {
    const kinds = QueryErrorCode.options.map((code) => {
      const error: QueryError = { code, message: 'm', retryable: false };
      return `${code}: ${problemOf(error).kind}`;
    });
    expect(kinds).toEqual([
      'parse: error',
      'unsupported: error',
      'execution: error',
      'limit: error',
      'timeout: blind',
      'cancelled: blind',
      'unreachable: blind',
      'unauthorised: blind',
      'wrong-answer: blind',
      'blind: blind',
    ]);
  });
});

describe('the odometer', () => {
  it('counts each event once, however it is polled, and settles each hour', async () => {
    const target = counterTarget();
    target.grow('requests', 10, T0, T0 + 3 * HOUR_MS, SECOND_MS);
    let odometer = startOdometer(T0);
    for (let minute = 7; minute <= 180; minute += 7) {
      odometer = value(await moveOdometer(odometer, asking(target), counters(), T0 + minute * MINUTE_MS));
      // At each settling the pair of samples around it falls between two tails: a second's worth at most.
      expect(Math.abs(odometer.reading.total - minute * 600)).toBeLessThanOrEqual(40);
    }
    expect(odometer.fromAt).toBeGreaterThan(T0 + 2 * HOUR_MS);
  });

  it('stands still where nothing can be asked, and never goes back', async () => {
    const target = counterTarget();
    const odometer = startOdometer(T0);
    expect(value(await moveOdometer(odometer, asking(target), counters(), T0))).toBe(odometer);
    // A clock that was set back: nothing is asked, the reading stays, and it goes on from there.
    const back = value(await moveOdometer(odometer, asking(target), counters(), T0 - HOUR_MS));
    expect(back).toEqual({ ...odometer, fromAt: T0 - HOUR_MS });
    expect(target.asked).toEqual([]);
    const later = value(await moveOdometer(odometer, asking(target), counters(), T0 + HOUR_MS));
    expect(later.reading).toEqual({ bad: 0, total: 0 });
    expect(movedSince({ bad: 3, total: 9 }, { bad: 2, total: 8 })).toEqual({ bad: 0, total: 0 });
  });
});

describe('a long window', () => {
  const anchor = { bad: 5, total: 1_000, at: T0, mark: { bad: 1, total: 10 } };
  const now = { bad: 3, total: 60 };

  it('is its last full count and what the odometer has moved since', () => {
    expect(countSince(anchor, 6 * HOUR_MS, T0 + MINUTE_MS, now, 1)).toEqual({
      bad: 7,
      total: 1_050,
      seenFraction: 1,
      anchoredAt: T0,
      known: true,
    });
    expect(countSince(anchor, 6 * HOUR_MS, T0, anchor.mark, 1).anchoredAt).toBeNull();
  });

  it('is unknown before it was counted, and after its count has grown stale', () => {
    expect(countSince(undefined, 6 * HOUR_MS, T0, now, 1).known).toBe(false);
    expect(countSince(anchor, 6 * HOUR_MS, T0, now, null).known).toBe(false);
    expect(countSince(anchor, 6 * HOUR_MS, T0 + 37 * MINUTE_MS, now, 1).known).toBe(false);
  });

  it('has no data while nothing was ever counted in it', () => {
    const empty = { ...anchor, bad: null, total: null };
    expect(countSince(empty, 6 * HOUR_MS, T0, anchor.mark, 1)).toMatchObject({ total: null, known: true });
    expect(countSince(empty, 6 * HOUR_MS, T0, now, 1)).toMatchObject({ bad: 2, total: 50 });
  });

  it('is counted anew each hundredth, and when the clock was set back', () => {
    expect(mustRecount(undefined, 6 * HOUR_MS, T0)).toBe(true);
    expect(mustRecount(anchor, 6 * HOUR_MS, T0 + 215 * SECOND_MS)).toBe(false);
    expect(mustRecount(anchor, 6 * HOUR_MS, T0 + 216 * SECOND_MS)).toBe(true);
    expect(mustRecount(anchor, 6 * HOUR_MS, T0 - 1)).toBe(true);
  });

  it('sums its chunks, those without data left out, and fails as a whole', async () => {
    const target = counterTarget();
    target.grow('requests', 1, T0 - 36 * HOUR_MS, T0, MINUTE_MS);
    const whole = value(await recount(asking(target), counters(), 28 * DAY_MS, T0, { bad: 0, total: 0 }));
    expect(whole.total).toBeGreaterThan(36 * 3_600 - 200);
    expect(whole.total).toBeLessThanOrEqual(36 * 3_600 + 60);
    target.failOn(/requests\[1d\]/);
    expect((await recount(asking(target), counters(), 28 * DAY_MS, T0, { bad: 0, total: 0 })).ok).toBe(false);
  });
});

describe('how much of a window was seen', () => {
  const look = (target: CounterTarget, windowMs: number, shorter: readonly Seen[] = []) =>
    lookSeen(asking(target), counters(), windowMs, T0, shorter).then(value);

  it('is all of it where samples reach back before it', async () => {
    const target = counterTarget();
    target.grow('requests', 1, T0 - 2 * HOUR_MS, T0, SECOND_MS);
    expect(seenFraction(await look(target, HOUR_MS), T0)).toBe(1);
  });

  it('is a lower bound within a sixtieth, refined by what a shorter window knows', async () => {
    const target = counterTarget();
    target.grow('requests', 1, T0 - 100 * SECOND_MS, T0, SECOND_MS);
    const short = await look(target, 5 * MINUTE_MS);
    expect(seenFraction(short, T0) * 300).toBe(100);
    expect(seenFraction(await look(target, 6 * HOUR_MS), T0)).toBe(0);
    expect(seenFraction(await look(target, 6 * HOUR_MS, [short]), T0) * 21_600).toBeCloseTo(100, 6);
  });

  it('is nothing while nothing came, and is looked for at each poll', async () => {
    const none = await look(counterTarget(), HOUR_MS);
    expect(seenFraction(none, T0 + DAY_MS)).toBe(0);
    expect(mustLook(none, HOUR_MS, T0 + 1)).toBe(true);
  });

  it('is looked for again after a gap and while it is partial, not otherwise', () => {
    const seen: Seen = { windowMs: HOUR_MS, firstAt: null, lookedAt: T0, lastDataAt: T0 };
    expect(mustLook(undefined, HOUR_MS, T0)).toBe(true);
    expect(mustLook(seen, HOUR_MS, T0 + 6 * MINUTE_MS)).toBe(false);
    expect(mustLook(seen, HOUR_MS, T0 + 7 * MINUTE_MS)).toBe(true);
    const partial = { ...seen, firstAt: T0 - MINUTE_MS };
    expect(mustLook(partial, HOUR_MS, T0 + 59 * SECOND_MS)).toBe(false);
    expect(mustLook(partial, HOUR_MS, T0 + 60 * SECOND_MS)).toBe(true);
  });
});

describe('what goes to the worker and back', () => {
  it('is decided as it would be here, with null kept apart from zero', () => {
    const plan = planObjective(gatewayObjective(), shippedPolicy('midwatch'));
    const number = fc.option(fc.nat(1e6));
    const count = fc.record({
      bad: number,
      total: number,
      seenFraction: fc.double({ min: 0, max: 1, noNaN: true }),
      anchoredAt: fc.option(fc.nat()),
      known: fc.boolean(),
    });
    const item = fc.record({
      plan: fc.constant(plan),
      counts: fc.array(count, { minLength: plan.windowsMs.length, maxLength: plan.windowsMs.length }),
      problem: fc.option(fc.string()),
    });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 4 }), (cases) => {
        const here = cases.map((one) => decide(one.plan, one.counts, one.problem));
        expect(sloApi.decide(structuredClone(packCases(cases)))).toEqual(here);
      }),
    );
  });
});

describe('a limit', () => {
  it('runs so many at once, first come first served, and goes on after a failure', async () => {
    const limit = createLimit(2);
    const began: number[] = [];
    let running = 0;
    let most = 0;
    const tasks = Array.from({ length: 7 }, (_, index) =>
      limit(async () => {
        began.push(index);
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        if (index === 1) throw new Error('no answer');
        return index;
      }),
    );
    const ends = await Promise.allSettled(tasks);
    expect(began).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(most).toBe(2);
    expect(ends.map((end) => end.status)).toEqual([
      'fulfilled',
      'rejected',
      ...new Array(5).fill('fulfilled'),
    ]);
  });
});
