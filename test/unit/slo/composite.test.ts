import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weigh } from '../../../main/slo/composite.ts';
import { countOver, countWindow, readCounters } from '../../../main/slo/count.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { counterTarget } from '../../support/counter-target.ts';

const T0 = Date.UTC(2026, 0, 5);

describe('a composite count', () => {
  it('is the weighted mean of the error rates of those that had events', () => {
    const part = fc.record({
      weight: fc.integer({ min: 1, max: 5 }),
      total: fc.constantFrom(0, 1, 10, 1_000),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const weighed = weigh(
          parts,
          parts.map(({ total, share }) => ({ total, bad: total * share })),
        );
        const busy = parts.filter((one) => one.total > 0);
        const weights = busy.reduce((sum, one) => sum + one.weight, 0);
        const rate = busy.reduce((sum, one) => sum + one.weight * one.share, 0) / (weights || 1);
        const total = parts.reduce((sum, one) => sum + one.total, 0);
        expect(weighed.total).toBe(total);
        expect(weighed.bad ?? -1).toBeCloseTo(busy.length === 0 ? 0 : rate * total, 6);
      }),
    );
  });

  it('has no data where one component has none', () => {
    const counts = [
      { bad: 1, total: 10 },
      { bad: null, total: null },
    ];
    expect(weigh([{ weight: 1 }, { weight: 1 }], counts)).toEqual({ bad: null, total: null });
  });

  it('is asked of the source, at an instant and over a range alike', async () => {
    const target = counterTarget();
    for (const [name, rate] of [
      ['a_bad', 1],
      ['a_all', 10],
      ['b_bad', 5],
      ['b_all', 10],
    ] as const)
      target.grow(name, rate, T0 - 2 * HOUR_MS, T0, 10 * SECOND_MS);
    const component = (name: string, weight: number) => ({
      title: name,
      weight,
      target: 0.99,
      indicator: { bad: `${name}_bad`, total: `${name}_all` },
    });
    const counters = readCounters({
      indicator: { bad: 'a_bad', total: 'a_all' },
      components: [component('a', 3), component('b', 1)],
    });
    if (!counters.ok) throw new Error(counters.error.message);
    const asking = { target, timeoutMs: 1_000, limit: <T>(task: () => Promise<T>) => task() };
    const now = await countWindow(asking, counters.value, 5 * MINUTE_MS, T0);
    if (!now.ok) throw new Error(now.error.message);
    // (3 · 10 % + 1 · 50 %) / 4 = 20 %.
    expect((now.value.bad ?? 0) / (now.value.total ?? 1)).toBeCloseTo(0.2, 9);
    const range = { fromAt: T0 - MINUTE_MS, toAt: T0, stepMs: MINUTE_MS };
    const over = await countOver(asking, counters.value, 5 * MINUTE_MS, range);
    if (!over.ok) throw new Error(over.error.message);
    expect(over.value.at(-1)).toEqual({ at: T0, ...now.value });
  });

  it('names the component that cannot be read', () => {
    const bad = { title: 'search', weight: 1, target: 0.99, indicator: { total: 'x' } };
    const read = readCounters({ indicator: { bad: 'a', total: 'b' }, components: [bad] });
    expect(read.ok ? '' : read.error.message).toMatch(/^search: /);
  });
});
