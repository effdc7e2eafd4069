import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInlineTarget } from '../../../main/query/index.ts';
import { decide, planObjective } from '../../../main/slo/math/index.ts';
import { badSliceQuery, sliceCondition } from '../../../main/slo/slice-query.ts';
import { SliceRing } from '../../../main/slo/slice-ring.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = Date.UTC(2026, 0, 5);

/** A counter that rises by so much in each minute, scraped each 15 s. */
function counter(name: string, perMinute: readonly number[]) {
  const times: number[] = [];
  const values: number[] = [];
  let value = 0;
  perMinute.forEach((rise, minute) => {
    for (let quarter = 0; quarter < 4; quarter += 1) {
      times.push(T0 + minute * MINUTE_MS + (quarter + 1) * 15_000);
      value += rise / 4;
      values.push(value);
    }
  });
  return {
    labels: { __name__: name },
    times: Float64Array.from(times),
    values: Float64Array.from(values),
    synthetic: false,
  };
}

async function verdictAt(
  rule: Parameters<typeof badSliceQuery>[0],
  blocks: ReturnType<typeof counter>[],
  at: number,
) {
  const { writer, reader } = createMemorySamples();
  writer.backfill(blocks);
  const answer = await createInlineTarget('local', reader).instant(badSliceQuery(rule, MINUTE_MS), at);
  if (!answer.ok || answer.value.kind === 'scalar') throw new Error(JSON.stringify(answer));
  return answer.value.samples[0]?.value ?? null;
}

describe('a slice', () => {
  const rate = { kind: 'rate', indicator: { good: 'served', total: 'offered' }, least: 10 } as const;
  const at = T0 + 2 * MINUTE_MS;

  it('of throughput is good at the minimum, bad under it while more was offered', async () => {
    expect(await verdictAt(rate, [counter('served', [900, 900]), counter('offered', [900, 900])], at)).toBe(
      0,
    );
    expect(await verdictAt(rate, [counter('served', [300, 300]), counter('offered', [900, 900])], at)).toBe(
      1,
    );
  });

  it('of throughput under low demand is good where 99 % of it was served, and bad where not', async () => {
    expect(await verdictAt(rate, [counter('served', [120, 120]), counter('offered', [120, 120])], at)).toBe(
      0,
    );
    expect(await verdictAt(rate, [counter('served', [60, 60]), counter('offered', [120, 120])], at)).toBe(1);
  });

  it('without the counters has no verdict, which is neither good nor bad', async () => {
    expect(await verdictAt(rate, [], at)).toBeNull();
  });

  it('of a share is judged by its events, and has no verdict without any', async () => {
    const share = { kind: 'share', indicator: { bad: 'failed', total: 'offered' }, least: 0.9 } as const;
    expect(await verdictAt(share, [counter('offered', [100, 100])], at)).toBe(0);
    expect(await verdictAt(share, [counter('failed', [20, 20]), counter('offered', [100, 100])], at)).toBe(1);
    expect(await verdictAt(share, [counter('offered', [100, 0])], at)).toBeNull();
  });

  it('of a metric is bad where the worst series is under the threshold', async () => {
    const accuracy = { kind: 'threshold', query: 'accuracy', op: 'gte', value: 0.9 } as const;
    const gauge = (model: string, value: number) => ({
      labels: { __name__: 'accuracy', model },
      times: Float64Array.of(at - 10_000),
      values: Float64Array.of(value),
      synthetic: false,
    });
    expect(await verdictAt(accuracy, [gauge('a', 0.95), gauge('b', 0.91)], at)).toBe(0);
    expect(await verdictAt(accuracy, [gauge('a', 0.95), gauge('b', 0.89)], at)).toBe(1);
  });

  it('says in words what a good one is', () => {
    expect(sliceCondition(rate)).toBe('at least 10/s served, or 99 % of a lower demand');
  });
});

describe('the ring of slices', () => {
  it('counts any window as counting one by one does, however it was filled', () => {
    const verdicts = fc.array(fc.constantFrom(0, 1, null), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(
        verdicts,
        fc.nat(399),
        fc.nat(500),
        fc.nat(500),
        fc.boolean(),
        (all, split, back, span, closed) => {
          const ring = new SliceRing(MINUTE_MS, 1_000 * MINUTE_MS);
          const cut = Math.min(split, all.length);
          if (cut < all.length) ring.append(T0 + cut * MINUTE_MS, all.slice(cut));
          if (cut > 0) ring.prepend(T0, all.slice(0, cut));
          const to = T0 + all.length * MINUTE_MS - back * 30_000;
          const from = to - span * 30_000;
          const inside = all.filter((_one, i) => {
            const end = T0 + i * MINUTE_MS;
            return end <= to && (closed ? end >= from : end > from);
          });
          expect(ring.count(from, to, closed)).toEqual({
            bad: inside.filter((one) => one === 1).length,
            seen: inside.filter((one) => one !== null).length,
          });
        },
      ),
    );
  });

  it('forgets what no window asks for', () => {
    const ring = new SliceRing(MINUTE_MS, HOUR_MS);
    for (let i = 0; i < 600; i += 1) ring.append(T0 + i * MINUTE_MS, [1]);
    const until = T0 + 599 * MINUTE_MS;
    expect(ring.count(until - HOUR_MS, until)).toEqual({ bad: 60, seen: 60 });
    expect(ring.fromAt ?? 0).toBeGreaterThan(T0 + 500 * MINUTE_MS);
  });
});

describe('an objective over slices', () => {
  const slices = { lengthMs: MINUTE_MS, bad: 'x', condition: 'at least 10/s served' };
  const plan = planObjective(gatewayObjective({ slices, target: 0.99 }), shippedPolicy('midwatch'));
  const count = (bad: number, total: number) => ({
    bad,
    total,
    seenFraction: 1,
    anchoredAt: null,
    known: true,
  });
  const of = (badIn: Partial<Record<number, number>>) =>
    decide(
      plan,
      plan.windowsMs.map((windowMs) => count(badIn[windowMs] ?? 0, windowMs / MINUTE_MS)),
      null,
    );

  it('is held back under three bad slices, and says so', () => {
    const small = planObjective(gatewayObjective({ slices, target: 0.999 }), shippedPolicy('midwatch'));
    const verdict = decide(
      small,
      small.windowsMs.map((windowMs) =>
        count(windowMs <= 5 * MINUTE_MS || windowMs === HOUR_MS ? 2 : 0, windowMs / MINUTE_MS),
      ),
      null,
    );
    expect(verdict.holding).toBe('page');
    expect(verdict.heldBack).toBe('Held back: 2 bad slices in 1 h, fewer than 3.');
  });

  it('speaks of slices', () => {
    const verdict = of({ [5 * MINUTE_MS]: 5, [HOUR_MS]: 12, [28 * DAY_MS]: 12 });
    expect(verdict).toMatchObject({ holding: 'page', heldBack: null });
    expect(verdict.reason).toContain('5 of 5 slices bad');
    expect(verdict.budgetConsumed).toBeCloseTo(12 / (28 * 1_440 * 0.01), 9);
  });
});
