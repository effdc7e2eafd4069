import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateInstant, evaluateRange, POINTS_MAX } from '../../../main/query/engine.ts';
import { parseExpression } from '../../../main/query/index.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { queryBench } from '../../support/query-bench.ts';

describe('an expression that cannot be read', () => {
  it.each([
    ['sum(rate(x[5m])', 15, 15],
    ['up{job="a"', 10, 10],
    ['up and and down', 11, 15],
    ['rate(up)', 5, 7],
    ['1 + up[5m]', 0, 10],
    ['sum by (zone) (1)', 0, 17],
    ['topk("x", up)', 5, 8],
    ['histogram_quantile(up, up)', 19, 21],
    ['up == bool bool 1', 11, 15],
    ['no_such_function(up)', 0, 16],
    ['sum(no_such(up))', 4, 11],
    ['a + on (x) group_left (x) b', 4, 25],
    ['up{a=~"("}', 3, 9],
    ['up{__name__="x"}', 3, 15],
    ['rate(up[0s])', 8, 10],
    ['{a=""}', 0, 6],
  ])('%s is pointed at from %i to %i', (text, from, to) => {
    const parsed = parseExpression(text);
    if (parsed.ok) throw new Error(`${text} was read.`);
    expect(parsed.error.position).toEqual({ from, to });
    expect(parsed.error.retryable).toBe(false);
  });

  it('is never thrown at the reader, whatever it is, and its position lies within it', () => {
    const words = fc.constantFrom(
      'sum',
      'rate',
      '(',
      ')',
      '[5m]',
      '{',
      '}',
      'a',
      '=',
      '"x"',
      ',',
      'by',
      '1',
      '-',
      'and',
      'on',
      'offset',
      '5m',
      '@',
      '#',
      '\n',
      '\\',
      '`',
      'é',
      '{}',
      'bool',
      '2.',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(words, { maxLength: 20 }).map((all) => all.join('')),
          fc.string({ maxLength: 60 }),
        ),
        (text) => {
          const parsed = parseExpression(text);
          if (parsed.ok) return;
          const { from, to } = parsed.error.position ?? { from: -1, to: -1 };
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(text.length);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('that is read can be evaluated or refused, and never breaks the evaluation', () => {
    const bench = queryBench(['a{i="1"} 1 2 3', 'b{i="1"} 0 0 NaN', 'h{le="1"} 1', 'h{le="+Inf"} 2']);
    const leaf = fc.constantFrom('a', 'b', 'h', 'missing', '1', '0', 'NaN', 'time()');
    const expression = fc.letrec<{ all: string }>((tie) => ({
      all: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc
          .tuple(
            tie('all'),
            fc.constantFrom('+', '/', '%', '^', '> bool', '==', 'and', 'or', 'unless', '* on (i)'),
            tie('all'),
          )
          .map(([l, op, r]) => `(${l}) ${op} (${r})`),
        fc
          .tuple(
            fc.constantFrom('sum', 'max by (i)', 'topk(1,', 'quantile(0.5,', 'count without (i)'),
            tie('all'),
          )
          .map(([op, of]) => (op.endsWith(',') ? `${op} ${of})` : `${op} (${of})`)),
        fc
          .tuple(
            fc.constantFrom('abs', 'absent', 'scalar', 'vector', 'histogram_quantile(0.9,', 'clamp_min(1,'),
            tie('all'),
          )
          .map(([f, of]) => (f.endsWith(',') ? `${f} ${of})` : `${f}(${of})`)),
        fc.constantFrom(
          'rate(a[2m])',
          'max_over_time(b[3m] offset 1m)',
          'absent_over_time(missing[1m])',
          '-a',
        ),
      ),
    }));
    const options = { monotonic: () => 0, timeoutMs: 1 };
    fc.assert(
      fc.property(expression.all, (text) => {
        const instant = evaluateInstant(bench.store.reader, text, 120_000, options);
        const range = evaluateRange(
          bench.store.reader,
          text,
          { fromAt: 120_000, toAt: 120_000, stepMs: 1_000 },
          options,
        );
        // Both or neither: a chart and a number of the same thing do not contradict each other.
        expect(range.ok).toBe(instant.ok);
        if (!instant.ok || !range.ok || instant.value.kind !== 'vector') return;
        expect(range.value.map((one) => one.values[0])).toEqual(
          instant.value.samples.map((one) => one.value),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('the limits of a range', () => {
  const store = createMemorySamples();
  const options = { monotonic: () => 0, timeoutMs: 1 };
  const ask = (fromAt: number, toAt: number, stepMs: number) =>
    evaluateRange(store.reader, '1', { fromAt, toAt, stepMs }, options);

  it.each([
    [0, (POINTS_MAX - 1) * 1_000, 1_000, 'ok'],
    [0, POINTS_MAX * 1_000, 1_000, 'limit'],
    [10, 0, 1, 'execution'],
    [0, 10, 0, 'execution'],
    [0, 10, -1, 'execution'],
    [0, Number.NaN, 1, 'execution'],
    [0, 10, Number.NaN, 'execution'],
    [0, Number.POSITIVE_INFINITY, 1, 'limit'],
  ])('from %d to %d in steps of %d is %s', (fromAt, toAt, stepMs, expected) => {
    const answer = ask(fromAt, toAt, stepMs);
    expect(answer.ok ? 'ok' : answer.error.code).toBe(expected);
  });

  it('count both ends', () => {
    const answer = ask(0, 10_000, 1_000);
    expect(answer.ok && answer.value[0]?.times.length).toBe(11);
    const odd = ask(0, 10_999, 1_000);
    expect(odd.ok && odd.value[0]?.times.at(-1)).toBe(10_000);
  });

  it('are over when the time is: the reader is not asked on and on', () => {
    const bench = queryBench(
      Array.from({ length: 50 }, (_, i) => `m{i="${i}"} 0+1x100`),
      1_000,
    );
    let now = 0;
    let looks = 0;
    const monotonic = () => {
      looks += 1;
      now += 1;
      return now;
    };
    const answer = evaluateInstant(bench.store.reader, 'sum(rate(m[1m]))', 60_000, {
      monotonic,
      timeoutMs: 5,
    });
    expect(answer).toMatchObject({ ok: false, error: { code: 'timeout', retryable: true } });
    expect(looks).toBeLessThan(12);
  });

  it('hold over all selections of a question together', () => {
    const bench = queryBench(['m 0+1x100', 'n 0+1x100'], 1_000);
    const ask2 = (text: string) =>
      evaluateInstant(bench.store.reader, text, 100_000, { ...options, samplesMax: 150 });
    expect(ask2('sum_over_time(m[2m])').ok).toBe(true);
    expect(ask2('sum_over_time(m[2m]) + sum_over_time(n[2m])')).toMatchObject({
      ok: false,
      error: { code: 'limit' },
    });
  });
});
