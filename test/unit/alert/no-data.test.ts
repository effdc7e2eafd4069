import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNoDataWatch, type Subject } from '../../../main/alert/index.ts';
import { likeness, nameLikeness } from '../../../main/alert/no-data/likeness.ts';
import { selectorFor, selectorsOf } from '../../../main/alert/no-data/selector.ts';
import { blindedBy, observeSources } from '../../../main/alert/source-watch.ts';
import { createInlineTarget } from '../../../main/query/index.ts';
import { err } from '../../../shared/error/result.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';
import { sourceOf } from '../../support/alerting.ts';
import { loadSeries } from '../../support/load-notation.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 14, 10);

describe('the selectors of an expression', () => {
  it('are read out of functions, operators and the places of windows, each once', () => {
    const found = selectorsOf([
      'sum(rate(a_total{x="1"}[$window])) / sum(rate(b_total[{{.window}}])) > 0',
      'sum(rate(b_total[5m])) by (job)',
    ]);
    expect(found).toEqual([
      { text: 'a_total{x="1"}', metric: 'a_total' },
      { text: 'b_total', metric: 'b_total' },
    ]);
  });

  it('are none where the expression is beyond what is read here', () => {
    expect(selectorsOf(['max_over_time(rate(x[5m])[1h:1m])', 'not promql ('])).toEqual([]);
  });

  it('quote what a label says, however hostile', () => {
    expect(selectorFor({ job: 'a"} or vector(1) or {x="' })).toBe('{job="a\\"} or vector(1) or {x=\\""}');
  });
});

describe('the likeness of a series that came to one that went', () => {
  const gone = { labels: { __name__: 'http_requests_total', job: 'a', instance: 'i' }, value: 100 };

  it('is whole where only the value went on', () => {
    expect(likeness(gone, { ...gone }).score).toBeCloseTo(1);
  });

  it.each([
    [{ __name__: 'http_server_requests_total', job: 'a', instance: 'i' }, 'http_server_requests_total'],
    [{ __name__: 'http_requests_total', job: 'b', instance: 'i' }, 'job a → b'],
    [{ __name__: 'http_requests_total', task: 'a', instance: 'i' }, 'the label job is task now'],
    [{ __name__: 'http_requests_total', instance: 'i' }, 'without the label job'],
  ])('says in what %j differs', (labels, difference) => {
    expect(likeness(gone, { labels, value: 5 }).difference).toBe(difference);
  });

  it('does not let a stranger of the same job pass for it', () => {
    const stranger = { labels: { __name__: 'go_goroutines', job: 'a', pool: 'x' }, value: 3 };
    expect(likeness(gone, stranger).score).toBeLessThan(0.6);
  });

  it('is a share for whatever labels and values', () => {
    const labels = fc.dictionary(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }), { maxKeys: 5 });
    fc.assert(
      fc.property(labels, labels, fc.double(), fc.double(), (a, b, before, after) => {
        const { score } = likeness({ labels: a, value: before }, { labels: b, value: after });
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(1.000001);
      }),
    );
    expect(nameLikeness('http_requests_total', 'http_server_requests_total')).toBeCloseTo(0.75);
  });
});

function world(lines: readonly string[], known: readonly Alert[] = []) {
  const samples = createMemorySamples();
  loadSeries(samples.writer, lines, 15_000, START - 60 * MINUTE);
  const asked: string[] = [];
  const inline = createInlineTarget('prom', samples.reader);
  const target: QueryTarget = {
    id: 'prom',
    instant: (expression, at, options) => {
      asked.push(expression);
      return inline.instant(expression, at, options);
    },
    range: (...args) => inline.range(...args),
  };
  const watch = createNoDataWatch({
    services: () => [{ id: 'pay', title: 'Pay', owner: 'x', tier: 1, dependsOn: [], links: {} }],
    changes: () => [],
    known: () => known,
  });
  const look = async (subjects: readonly Subject[], at = START + 10 * MINUTE, on: QueryTarget = target) =>
    watch.look({
      sourceId: 'prom',
      target: on,
      at,
      pollMs: 15_000,
      down: await watch.ask(on, at),
      subjects,
    });
  return { look, asked };
}

function subject(ruleId: string, expression: string, noData = true): Subject {
  return { ruleId, service: 'pay', expressions: [expression], noData };
}

/** 40 samples an hour before the start to 10:00, then ten minutes and more of nothing. */
const GONE = 'requests_total{job="a",instance="i:1"} 0+10x240 stale';

describe('no data', () => {
  it('asks one thing where all is well', async () => {
    const { look, asked } = world(['up{job="a",instance="i:1"} 1x300']);
    const { diagnoses, outages } = await look([subject('r', 'requests_total', false)]);
    expect([diagnoses.size, outages.length]).toEqual([0, 0]);
    expect(asked).toEqual(['up == 0']);
  });

  it('of a target that is down is blindness, and one outage for all that rest on it', async () => {
    const { look } = world([GONE, 'up{job="a",instance="i:1"} 1x240 0x60']);
    const first = START + 2 * MINUTE;
    const { diagnoses, outages } = await look(
      [subject('one', 'requests_total'), subject('two', 'sum(rate(requests_total[5m])) > 1')],
      first,
    );
    expect([...diagnoses.values()].map((one) => one.kind)).toEqual(['blind', 'blind']);
    expect(outages).toMatchObject([
      {
        labels: { alertname: 'TargetDown', source: 'prom', job: 'a' },
        priority: 'P0',
        service: 'pay',
        finding: { kind: 'holds', value: 2 },
      },
    ]);
  });

  it('is not blamed on a target that is down beside one that answers', async () => {
    const { look } = world([
      GONE,
      'requests_total{job="a",instance="i:2"} 0+10x300',
      'up{job="a",instance="i:1"} 1x240 0x60',
      'up{job="a",instance="i:2"} 1x300',
    ]);
    const { diagnoses, outages } = await look([subject('one', 'requests_total', false)], START + 2 * MINUTE);
    expect([diagnoses.size, outages.length]).toEqual([0, 0]);
  });

  it('of a series that nobody ever saw hints at its spelling', async () => {
    const { look } = world(['up{job="a",instance="i:1"} 1x300']);
    const { diagnoses } = await look([subject('typo', 'reqests_total')]);
    expect(diagnoses.get('typo')?.reason).toBe(
      'nothing of that name was seen in the last 15 d, and further back nobody looked: look for a spelling mistake, or for what should expose it',
    );
  });

  it.each([
    [2, 'series gone for more than 1 d: last seen between 1 and 3 days ago'],
    [9, 'series gone for more than 3 d: last seen between 3 and 15 days ago'],
    [20, 'nothing of that name was seen in the last 15 d'],
  ])(
    'of a series that went %s days ago is no spelling mistake as long as its samples are kept',
    async (days, reason) => {
      const { look } = world([GONE, 'up{job="a",instance="i:1"} 1x300']);
      const at = START + days * 24 * 60 * MINUTE;
      const { diagnoses } = await look([subject('old', 'requests_total')], at);
      expect(diagnoses.get('old')?.reason).toContain(reason);
    },
  );

  it('is not called never seen further back than the source could answer', async () => {
    const { look } = world(['up{job="a",instance="i:1"} 1x300']);
    const inline = createInlineTarget('prom', createMemorySamples().reader);
    const target: QueryTarget = {
      ...inline,
      instant: async (expression, at, options) =>
        /\[\d+d\]/.test(expression)
          ? err({ code: 'timeout', message: 'too slow', retryable: true })
          : inline.instant(expression, at, options),
    };
    const { diagnoses } = await look([subject('slow', 'requests_total')], START, target);
    expect(diagnoses.get('slow')?.reason).toContain('in the last 1 d, and further back nobody looked');
  });

  it('that has no successor says so', async () => {
    const { look } = world([
      GONE,
      'up{job="a",instance="i:1"} 1x300',
      'old_total{job="a",instance="i:1"} 1x300',
    ]);
    const { diagnoses } = await look([subject('gone', 'requests_total')]);
    expect(diagnoses.get('gone')).toEqual({
      kind: 'gone',
      reason:
        'series gone since 10:00 UTC, no successor with a similar name or labels appeared within 10 min',
    });
  });

  it('is not looked into anew at each poll, and not for more than a few at once', async () => {
    const { look, asked } = world([GONE, 'up{job="a",instance="i:1"} 1x300']);
    const many = Array.from({ length: 40 }, (_, i) => subject(`r${i}`, `requests_total{x!="${i}"}`));
    const { diagnoses } = await look(many);
    expect(diagnoses.size).toBe(10);
    const first = asked.length;
    await look(many.slice(0, 10), START + 10 * MINUTE + 1_000);
    expect(asked.length - first).toBe(1);
  });

  it('is left as it is where the source does not answer: nothing fires and nothing ends', async () => {
    const firing = {
      id: 'x',
      ruleId: 'source:prom/target',
      kind: 'source',
      phase: 'firing',
      labels: { alertname: 'TargetDown', source: 'prom', job: 'a' },
    } as unknown as Alert;
    const down: QueryTarget = {
      id: 'prom',
      instant: async () => err({ code: 'unreachable', message: 'no', retryable: true }),
      range: async () => err({ code: 'unreachable', message: 'no', retryable: true }),
    };
    const { look } = world(['up{job="a",instance="i:1"} 1x300'], [firing]);
    expect((await look([subject('r', 'requests_total')], START, down)).outages).toEqual([]);
    const [ended] = (await look([subject('r', 'requests_total', false)])).outages;
    expect(ended?.finding.kind).toBe('clear');
  });
});

/** One sample each quarter minute from an hour before 10:00, nothing for so many minutes, and then what is given. */
function asleep(minutes: number, series: string, before: string, after: string): string {
  return `${series} ${before}x240 _x${4 * minutes - 2} ${after}`;
}

describe('series that went while nothing was scraped', () => {
  const UP = 'up{job="a",instance="i:1"}';
  const OLD = 'requests_total{job="a",instance="i:1"}';

  it.each([
    [3, '10:00 UTC and 10:03 UTC'],
    [20, '10:00 UTC and 10:20 UTC'],
    [8 * 60, '10:00 UTC and 18:00 UTC'],
  ])('for %i min are gone, between then and now, and no scrape is called stale', async (minutes, span) => {
    const { look } = world([asleep(minutes, UP, '1', '1x60'), asleep(minutes, OLD, '0+10', 'stale')]);
    const { diagnoses, outages } = await look(
      [subject('r', 'requests_total')],
      START + (minutes + 6) * MINUTE,
    );
    expect(outages).toEqual([]);
    expect(diagnoses.get('r')?.reason).toContain(`series gone between ${span}, when nothing was scraped`);
  });

  it('and left no word of their end, as after a restart of Prometheus, are gone as well', async () => {
    const { look } = world([asleep(3, UP, '1', '1x60'), `${OLD} 0+10x240`]);
    const { diagnoses, outages } = await look([subject('r', 'requests_total')], START + 9 * MINUTE);
    expect(outages).toEqual([]);
    expect(diagnoses.get('r')?.reason).toContain('series gone between 10:00 UTC and 10:03 UTC');
  });

  it('have the name that came at the end of that time', async () => {
    const { look } = world([
      asleep(180, UP, '1', '1x60'),
      asleep(180, OLD, '0+10', 'stale'),
      asleep(180, 'other_total{job="a",instance="i:1"}', '0+1', '241+1x60'),
      'http_requests_total{job="a",instance="i:1"} _x960 2410+10x60',
    ]);
    const { diagnoses } = await look([subject('r', 'requests_total')], START + 186 * MINUTE);
    expect(diagnoses.get('r')?.reason).toContain('likely renamed to http_requests_total since 13:00 UTC');
  });

  it.each([20, 180])(
    'for %i min and whose target is down since are blind, in one outage',
    async (minutes) => {
      const { look } = world([asleep(minutes, UP, '1', '0x60'), asleep(minutes, OLD, '0+10', 'stale')]);
      const { diagnoses, outages } = await look(
        [subject('one', 'requests_total'), subject('two', 'sum(rate(requests_total[5m])) > 1')],
        START + (minutes + 6) * MINUTE,
      );
      expect([...diagnoses.values()].map((one) => one.kind)).toEqual(['blind', 'blind']);
      expect(outages).toMatchObject([
        { labels: { alertname: 'TargetDown', job: 'a' }, finding: { value: 2 } },
      ]);
    },
  );

  it('are told from samples that stopped moving while their target was scraped', async () => {
    const { look } = world([`${UP} 1x900`, `${OLD} 0+10x240`]);
    for (const minutes of [6, 100]) {
      const { outages } = await look([subject('r', 'requests_total')], START + minutes * MINUTE);
      expect(outages).toMatchObject([{ labels: { alertname: 'ScrapeStale', job: 'a' } }]);
    }
  });
});

describe('a push source that is blind', () => {
  it('is said to be silent, as nobody asks it', () => {
    const status = sourceOf('hook', {
      kind: 'push',
      condition: 'stale',
      blinds: ['r'],
      lastOkAt: 0,
      sinceAt: 0,
    });
    const watch = { sources: [status], services: new Map(), serviceOfRule: () => null, now: MINUTE };
    const [seen] = observeSources(watch);
    expect(seen?.title).toBe('source hook is silent');
    expect(seen?.finding.kind).toBe('holds');
    expect(blindedBy([status])('r')).toContain('the source hook is silent');
    const [back] = observeSources({ ...watch, sources: [{ ...status, condition: 'ok' }] });
    expect(back?.finding).toMatchObject({ kind: 'clear', reason: 'Samples of hook arrive.' });
  });
});
