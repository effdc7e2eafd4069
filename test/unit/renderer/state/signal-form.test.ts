import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../../main/app/catalogue.ts';
import { parseExpression } from '../../../../main/query/index.ts';
import {
  askedForLabels,
  liveQuestion,
  liveValues,
  sourceCatalogue,
} from '../../../../renderer/state/signal-catalogue.ts';
import { aggregations, expressionOf, type FormChoice } from '../../../../renderer/state/signal-form.ts';

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
  const fact = (name: string, kind: 'counter' | 'gauge' | 'histogram' | 'summary') => ({
    name,
    kind,
    help: '',
    unit: '',
    from: 'source' as const,
  });

  const shipped = readCatalogue();

  it('names, of the conventions that a source has, what is measured and what is not; the others once', () => {
    const found = sourceCatalogue(shipped, [
      fact('http_requests_total', 'counter'),
      fact('http_requests_in_flight', 'gauge'),
      fact('jobs_total', 'counter'),
    ]);
    const [group, ...others] = found.groups;
    expect(others).toEqual([]);
    expect(group?.title).toBe('HTTP servers');
    const of = (id: string) => group?.entries.find((one) => one.id === id);
    expect(of('http.requests')).toMatchObject({
      dimension: 'business',
      freshness: 'real-time',
      metrics: [
        { name: 'http_requests_total', expression: 'sum(rate(http_requests_total[5m]))', unit: 'req/s' },
      ],
    });
    expect(of('http.in-flight')?.metrics.map(({ name }) => name)).toEqual(['http_requests_in_flight']);
    expect(of('http.duration')?.metrics).toEqual([]);
    expect(found.absent).toContain('vLLM');
    expect(found.unknown.map(({ name }) => name)).toEqual(['jobs_total']);
    expect(found.unknown[0]?.expression).toContain('rate(jobs_total[5m])');
  });

  it('asks of every signal of the catalogue for what PromQL can read, of all services at once', () => {
    const dimensions = new Set<string>();
    const classes = new Set<string>();
    for (const file of shipped)
      for (const signal of file.signals) {
        if (signal.metric === undefined) continue;
        const found = sourceCatalogue([file], [{ ...fact(signal.metric, signal.kind), from: 'name' }]);
        const entry = found.groups[0]?.entries.find((one) => one.id === signal.id);
        const [metric] = entry?.metrics ?? [];
        expect(parseExpression(metric?.expression ?? '')).toMatchObject({ ok: true });
        expect(metric?.expression).not.toContain('$');
        dimensions.add(signal.dimension);
        classes.add(signal.freshness);
      }
    expect(dimensions.size).toBe(3);
    expect([...classes].sort()).toEqual(['batch', 'historical', 'near-real-time', 'real-time']);
  });

  it('asks for all live values in one expression that can be read', () => {
    const { unknown } = sourceCatalogue(
      [],
      [fact('a_total', 'counter'), fact('b$1', 'gauge'), fact('c', 'histogram')],
    );
    const question = liveQuestion(unknown);
    expect(question).toContain('"a_total"');
    expect(parseExpression(question ?? '').ok).toBe(true);
    expect(liveQuestion([])).toBeNull();
    expect(liveValues([{ labels: { signal: 'a_total' }, value: '+Inf' }]).get('a_total')).toBeNaN();
  });

  it('does not take a metric for a signal whose labels it lacks, and says which', () => {
    const file = shipped.find((one) => one.id === 'http');
    const signal = file?.signals.find((one) => one.needs.length > 0);
    if (!file || !signal?.metric) throw new Error('no signal of the catalogue needs a label');
    const facts = [fact(signal.metric, 'counter')];
    const entryOf = (labels: readonly string[]) =>
      sourceCatalogue([file], facts, new Map([[signal.metric ?? '', new Set(labels)]]));
    expect(askedForLabels([file], [...facts, fact('other', 'gauge')])).toEqual([signal.metric]);
    const lacking = entryOf(['__name__', 'job']);
    expect(lacking.groups).toEqual([]);
    expect(lacking.unknown.map(({ name }) => name)).toEqual([signal.metric]);
    const [needed = ''] = signal.needs;
    const found = entryOf(['__name__', needed]).groups[0]?.entries.find(({ id }) => id === signal.id);
    expect(found).toMatchObject({ without: null, metrics: [{ name: signal.metric }] });
  });

  it('says beside another signal of the convention that the labels are missing', () => {
    const file = shipped.find((one) => one.id === 'http');
    const needy = file?.signals.find((one) => one.needs.length > 0);
    const other = file?.signals.find((one) => one.needs.length === 0 && one.metric);
    if (!file || !needy?.metric || !other?.metric) throw new Error('the catalogue has changed');
    const facts = [fact(needy.metric, 'counter'), fact(other.metric, other.kind)];
    const { groups } = sourceCatalogue([file], facts, new Map([[needy.metric, new Set(['job'])]]));
    const entry = groups[0]?.entries.find(({ id }) => id === needy.id);
    expect(entry).toMatchObject({ metrics: [], without: { name: needy.metric, labels: needy.needs } });
  });
});
