import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInlineTarget } from '../../../main/query/index.ts';
import { countCarried, createCarrier, isCarried } from '../../../main/slo/carry.ts';
import { type Asking, type Counters, countWindow } from '../../../main/slo/count.ts';
import { readCounter } from '../../../main/slo/index.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';

const T0 = 1_800_000_000_000;
const STEP_MS = 15 * SECOND_MS;

function counter(text: string) {
  const read = readCounter(text);
  if (!read.ok) throw new Error(`${text}: ${read.error.message}`);
  return read.value;
}

function refusedOf(text: string): string | null {
  const read = counter(text);
  return read.kind === 'template' ? read.refused : null;
}

describe('an expression that is a sum of counters', () => {
  it.each([
    'increase(a[$window])',
    'sum(rate(a{code=~"5.."}[{{.window}}]))',
    'sum by (job) (increase(a[$window])) or vector(0)',
    '(sum(rate(a[$window])) or on() vector(0)) * 60 # per minute',
    '2e3 * sum(sum without (job) (increase(a[$window]))) / 4',
    'sum(increase(a[$window])) - (sum(increase(b{le="0.1"}[$window])) or vector(0)) + sum(increase(c[$window]))',
  ])('can be carried: %s', (text) => {
    expect(refusedOf(text)).toBeNull();
  });

  it.each([
    ['max(increase(a[$window]))', 'max(increase(a[$window]))'],
    ['sum(increase(a[$window] offset 5m))', 'increase(a[$window] offset 5m)'],
    ['increase(a[$window]) - increase(b[$window])', 'increase(a[$window]) - increase(b[$window])'],
    [
      'sum(increase(a[$window])) - on(job) sum(increase(b[$window]))',
      'sum(increase(a[$window])) - on(job) sum(increase(b[$window]))',
    ],
    ['sum(increase(a[$window])) + sum(increase(b[5m]))', 'increase(b[5m])'],
    ['sum(rate(a[$window])) + sum(increase(b[$window]))', 'increase(b[$window])'],
    ['sum_over_time(a[$window])', 'sum_over_time(a[$window])'],
    ['sum(irate(a[$window]))', 'irate(a[$window])'],
    ['sum(increase(a[$window])) or sum(increase(b[$window]))', undefined],
    ['sum(increase(a[$window])) or vector(1)', undefined],
    ['sum(increase(a{b="$window"}[$window]))', undefined],
    ['sum(increase(a[$window])) / 0', undefined],
    ['sum(increase(a[$window])) + 5', '5'],
    ['topk(1, increase(a[$window]))', undefined],
    ['sum(increase(a[$window])) > 3', undefined],
    ['sum_over_time(sum(a)[$window:1m])', undefined],
  ])('and nothing else is, and the part is named: %s', (text, part) => {
    const refused = refusedOf(text);
    expect(refused).not.toBeNull();
    if (part !== undefined) expect(refused).toBe(part);
  });
});

/** Random sums, nested as people nest them. */
const call = (name: string) =>
  fc
    .constantFrom('a_total', 'a_total{code="500"}', 'b_total', 'gone_total')
    .map((selector) => `${name}(${selector}[$window])`);
function sums(name: string): fc.Arbitrary<string> {
  const { single } = fc.letrec<{ vector: string; single: string }>((tie) => ({
    vector: fc.oneof(
      { depthSize: 'small' },
      call(name),
      fc.tuple(fc.constantFrom('0.5', '3'), tie('single')).map(([by, of]) => `(${of} * ${by})`),
      tie('single').map((of) => `(${of} or vector(0))`),
    ),
    single: fc.oneof(
      { depthSize: 'small' },
      tie('vector').map((of) => `sum(${of})`),
      call(name)
        .map((of) => `(sum by (code) (${of}))`)
        .map((of) => `sum(${of})`),
      fc
        .tuple(tie('single'), fc.constantFrom('+', '-'), tie('single'))
        .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
      fc.tuple(tie('single'), fc.constantFrom('* 2', '/ 7')).map(([of, by]) => `(${of} ${by})`),
    ),
  }));
  return single;
}

describe('a sum that is carried', () => {
  it('is what the expression itself answers, at each step and over each window', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('increase', 'rate').chain((name) => fc.tuple(sums(name), sums(name))),
        fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)), { minLength: 5, maxLength: 30 }),
        async ([part, total], rises) => {
          const store = createMemorySamples();
          const target = createInlineTarget('local', store.reader, { countNewSeriesFromZero: true });
          const counters: Counters = { part: counter(part), total: counter(total), partIs: 'bad' };
          expect(isCarried(counters)).toBe(true);
          const asking: Asking = { target, limit: (task) => task(), timeoutMs: 1_000 };
          const carrier = createCarrier();
          const values = [0, 0, 0];
          for (const [step, rise] of rises.entries()) {
            const at = T0 + step * STEP_MS;
            rise.forEach((by, place) => {
              // A counter that begins anew falls.
              values[place] = by === 9 ? 1 : (values[place] ?? 0) + by;
            });
            const labels = [
              { __name__: 'a_total', code: '200' },
              { __name__: 'a_total', code: '500' },
              { __name__: 'b_total', code: '200' },
            ];
            const registered = store.writer.register(labels) as { refs: Uint32Array };
            store.writer.append({ at, refs: registered.refs, values: Float64Array.from(values) });
            for (const windowMs of [MINUTE_MS, 5 * MINUTE_MS, HOUR_MS]) {
              const carry = carrier(target, 'lane', at);
              if (!carry) throw new Error('the target carries nothing');
              const carried = await countCarried(carry, counters, windowMs);
              const counted = await countWindow(asking, counters, windowMs, at);
              if (!carried.ok || typeof carried.value === 'string' || !counted.ok)
                throw new Error('not counted');
              expect([step, windowMs, carried.value.total === null]).toEqual([
                step,
                windowMs,
                counted.value.total === null,
              ]);
              expect(carried.value.total ?? 0).toBeCloseTo(counted.value.total ?? 0, 6);
              expect(carried.value.bad ?? 0).toBeCloseTo(counted.value.bad ?? 0, 6);
            }
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
