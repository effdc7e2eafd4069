import { describe, expect, it } from 'vitest';
import { evaluateInstant, evaluateRange } from '../../../main/query/engine.ts';
import { parseExpression } from '../../../main/query/index.ts';
import type { QueryError } from '../../../shared/model/metric.ts';
import { queryBench } from '../../support/query-bench.ts';

function errorOf(text: string): QueryError {
  const parsed = parseExpression(text);
  if (parsed.ok) throw new Error(`${text.slice(0, 80)} was read.`);
  return parsed.error;
}

describe('a text that would cost the parser seconds', () => {
  it.each([
    ['calls that are never closed', 'quantile_over_time(0.5, '.repeat(1_000)],
    ['parentheses', '('.repeat(1_000)],
    ['groupings', 'sum by (a, '.repeat(5_000)],
    ['ranges and selectors', 'rate(a{b="c"}[5m'.repeat(1_000)],
  ])('is refused at the bracket that is one too many: %s', (_what, text) => {
    const { code, message, position } = errorOf(text);
    expect({ code, message }).toEqual({
      code: 'parse',
      message: 'This is not PromQL: it is nested deeper than 200 brackets.',
    });
    const from = position?.from ?? -1;
    expect(text[from]).toMatch(/[([{]/);
    const opened = text.slice(0, from).match(/[([{]/g)?.length ?? 0;
    const closed = text.slice(0, from).match(/[)\]}]/g)?.length ?? 0;
    expect(opened - closed).toBe(200);
  });

  it('counts no brackets that stand in texts and comments', () => {
    const texts = ['"', "'", '`'].map((quote) => `${quote}${'('.repeat(300)}${quote}`);
    const list = `label_join(a, ${texts.join(', ')})`;
    expect(parseExpression(`${list} # ${'('.repeat(300)}`).ok).toBe(true);
    expect(errorOf(`a{b="${'('.repeat(300)}`).message).not.toContain('nested');
  });

  it('reads chains of a thousand operations, however long each is, and says where there are more', () => {
    const chain = (count: number) =>
      Array.from({ length: count }, () => 'rate(http_requests_total{job="api"}[5m])').join(' + ');
    expect(parseExpression(chain(1_000)).ok).toBe(true);
    expect(parseExpression(`sum(${chain(400)}) / sum(${chain(400)})`).ok).toBe(true);
    expect(errorOf(chain(1_001)).message).toContain('chains more than 1000 operations');
    expect(errorOf('a + '.repeat(20_000)).message).toContain('more than 20000 words and signs');
  });

  it('is judged by its first mistake, whatever follows it', () => {
    expect(errorOf(`sum(a a) ${'! ) ] } %'.repeat(9_000)}`).position).toEqual({ from: 6, to: 7 });
    expect(errorOf(`${'a + '.repeat(700)}) b`).position).toEqual({ from: 2_800, to: 2_801 });
    expect(errorOf(`"${'\\"'.repeat(40_000)}`).code).toBe('parse');
  });
});

describe('an evaluation that nobody would wait for', () => {
  /** A clock that moves on at each look: a loop that never looks never ends. */
  function looking() {
    let looks = 0;
    const monotonic = () => {
      looks += 1;
      return looks;
    };
    return { monotonic, timeoutMs: 25 };
  }
  const bench = queryBench(
    Array.from({ length: 20 }, (_, i) => `m{i="${i}",le="${i}"} 0+1x4000`),
    1_000,
  );
  const window = { fromAt: 1_000_000, toAt: 4_000_000, stepMs: 1_000 };

  it.each([
    'quantile_over_time(0.5, m[15m])',
    'quantile_over_time(0.5, quantile_over_time(0.5, m{i="1"}[10m:1s])[10m:1s])',
    'max_over_time(abs(m)[15m:1s])',
    'quantile(0.5, m)',
    'topk(3, m)',
    'count_values("v", m)',
    'histogram_quantile(0.9, m)',
    '-m + m * on (i) m > m',
    'm and m or m unless m',
    'stddev(m) + avg(m) + sum(m) + scalar(m) + absent(m)',
  ])('looks at the time in the midst of %s', (text) => {
    expect(evaluateRange(bench.store.reader, text, window, looking())).toMatchObject({
      ok: false,
      error: { code: 'timeout', retryable: true },
    });
    expect(evaluateRange(bench.store.reader, text, window, { monotonic: () => 0, timeoutMs: 1 }).ok).toBe(
      true,
    );
  });

  it('is refused where a subquery has more steps than a month has seconds', () => {
    const text = 'sum(m) + max_over_time(m[1000d:1ms])';
    const answer = evaluateInstant(bench.store.reader, text, 4_000_000, { monotonic: () => 0, timeoutMs: 1 });
    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'limit', position: { from: text.indexOf('m['), to: text.length - 1 } },
    });
  });
});
