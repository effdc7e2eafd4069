import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../../main/query/index.ts';
import { aggregations, expressionOf, type FormChoice } from '../../../../renderer/state/signal-form.ts';
import { kindsFound, liveQuestion, liveValues } from '../../../../renderer/state/signal-taxonomy.ts';

const choice = (change: Partial<FormChoice>): FormChoice => ({
  metric: { name: 'queue_length', kind: 'gauge' },
  aggregation: 'mean',
  by: [],
  matchers: '',
  window: '5m',
  custom: 'max_over_time($metric[1h])',
  ...change,
});
const counter = { name: 'http_requests_total', kind: 'counter' } as const;
const histogram = { name: 'http_request_duration_seconds', kind: 'histogram' } as const;

describe('a one-click form', () => {
  it.each([
    [{}, 'avg (queue_length)'],
    [{ aggregation: 'median', by: ['service'] }, 'quantile by (service) (0.5, queue_length)'],
    [{ aggregation: 'derivative' }, 'sum (deriv(queue_length[5m]))'],
    [{ aggregation: 'max', matchers: 'service="a"' }, 'max (queue_length{service="a"})'],
    [{ aggregation: 'custom' }, 'max_over_time(queue_length[1h])'],
    [{ metric: counter, aggregation: 'rate', by: ['code'] }, 'sum by (code) (rate(http_requests_total[5m]))'],
    [{ metric: counter, aggregation: 'increase', window: '1h' }, 'sum (increase(http_requests_total[1h]))'],
    [{ metric: counter, aggregation: 'sum' }, 'sum (rate(http_requests_total[5m]))'],
    [
      { metric: histogram, aggregation: 'p99', by: ['service'] },
      'histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m])))',
    ],
    [
      { metric: histogram, aggregation: 'mean' },
      'sum (rate(http_request_duration_seconds_sum[5m])) / sum (rate(http_request_duration_seconds_count[5m]))',
    ],
    [{ metric: { name: 'http.latency', kind: 'gauge' } }, 'avg ({"http.latency"})'],
  ] as const)('writes what a person would: %j', (change, expected) => {
    expect(expressionOf(choice(change as Partial<FormChoice>))).toBe(expected);
  });

  it('writes PromQL for every aggregation of every kind of metric, with labels that need quotes', () => {
    for (const kind of ['counter', 'gauge', 'histogram', 'summary', 'unknown'] as const)
      for (const name of ['m', 'm_bucket', 'a.b', 'quo"te'])
        for (const { id } of aggregations)
          for (const by of [[], ['service', 'k8s.pod']]) {
            const expression = expressionOf(choice({ metric: { name, kind }, aggregation: id, by }));
            expect({ expression, ok: parseExpression(expression).ok }).toEqual({ expression, ok: true });
          }
  });
});

describe('the taxonomy', () => {
  const fact = (name: string, kind: 'counter' | 'gauge' | 'histogram') => ({
    name,
    kind,
    help: '',
    unit: '',
    from: 'source' as const,
  });

  it('puts a metric where its name says, and names the kinds that are not measured', () => {
    const found = kindsFound([
      fact('gpu_queue_length', 'gauge'),
      fact('model_online_accuracy_ratio', 'gauge'),
      fact('http_request_duration_seconds', 'histogram'),
      fact('revenue_total', 'counter'),
    ]);
    const of = (title: string) =>
      found.find((one) => one.kind.title === title)?.metrics.map((one) => one.name);
    expect(of('GPU')).toEqual(['gpu_queue_length']);
    expect(of('Online accuracy')).toEqual(['model_online_accuracy_ratio']);
    expect(of('Response time')).toEqual(['http_request_duration_seconds']);
    expect(of('Revenue attribution')).toEqual(['revenue_total']);
    expect(of('Audit trail')).toEqual([]);
    expect(new Set(found.map((one) => one.kind.dimension))).toEqual(
      new Set(['infrastructure', 'model', 'business']),
    );
  });

  it('asks for all live values in one expression that can be read', () => {
    const question = liveQuestion([fact('a_total', 'counter'), fact('b$1', 'gauge'), fact('c', 'histogram')]);
    expect(parseExpression(question ?? '').ok).toBe(true);
    expect(liveQuestion([])).toBeNull();
    expect(liveValues([{ labels: { signal: 'a_total' }, value: '+Inf' }]).get('a_total')).toBeNaN();
  });
});
