import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { err, ok } from '../../../shared/error/result.ts';
import type { QueryTarget, RangeWindow } from '../../../shared/model/metric.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { NOW, objectiveStatus } from '../../support/incident.ts';
import { fired, type IncidentBench, incidentBench } from '../../support/incidents.ts';

/** A source that answers by what the expression holds. */
class ByExpression implements QueryTarget {
  readonly id = 'prom';
  readonly asked: { expression: string; window: RangeWindow }[] = [];
  answers: (expression: string, window: RangeWindow) => number[] | 'refuse' | 'nan' = () => [];

  async instant() {
    return ok({ kind: 'vector' as const, samples: [] });
  }

  async range(expression: string, window: RangeWindow) {
    this.asked.push({ expression, window });
    const answer = this.answers(expression, window);
    if (answer === 'refuse')
      return err({ code: 'unreachable' as const, message: 'connection refused', retryable: true });
    const times: number[] = [];
    for (let at = window.fromAt; at <= window.toAt; at += window.stepMs) times.push(at);
    if (answer === 'nan')
      return ok([
        {
          labels: {},
          times: Float64Array.from(times),
          values: new Float64Array(times.length).fill(Number.NaN),
        },
      ]);
    if (answer.length === 0) return ok([]);
    const [value = 0] = answer;
    return ok([
      { labels: {}, times: Float64Array.from(times), values: new Float64Array(times.length).fill(value) },
    ]);
  }
}

let bench: IncidentBench;
let source: ByExpression;
beforeEach(async () => {
  source = new ByExpression();
  bench = await incidentBench({ target: (id) => (id === 'prom' ? source : undefined) });
});
afterEach(() => bench.remove());

const incident = () => {
  const [first] = bench.incidents.list();
  if (!first) throw new Error('no incident');
  return first;
};
const charts = () => bench.test.log.call.evidenceCharts(incident().id);
const tendAfter = async (durationMs: number) => {
  await bench.clock.advance(durationMs);
  await bench.incidents.tend(bench.clock.now());
};
const wide = (expression: string) => expression.includes('[5m]');

describe('a chart that was missing at the opening', () => {
  it('is asked for again with every expression that would do, not with the narrow window alone', async () => {
    source.answers = () => 'refuse';
    await bench.incidents.handleAlerts([fired()]);
    expect((await charts()).map((chart) => chart.missing)).toEqual(Array(2).fill('prom: connection refused'));
    // Scrapes are a minute apart: one minute never holds the two samples that an increase needs.
    source.answers = (expression) => (wide(expression) ? [3] : []);
    await tendAfter(MINUTE_MS);
    const kept = await charts();
    expect(kept.map((chart) => chart.missing)).toEqual([null, null]);
    for (const chart of kept) expect(chart.expression).toContain('[5m]');
    for (const chart of kept) expect(chart.otherExpressions).toBeUndefined();
  });

  it('goes on growing with the expression that had data, on the same grid', async () => {
    source.answers = () => 'refuse';
    await bench.incidents.handleAlerts([fired()]);
    source.answers = (expression) => (wide(expression) ? [3] : []);
    await tendAfter(MINUTE_MS);
    source.asked.length = 0;
    source.answers = (expression) => (wide(expression) ? [4] : [9]);
    await tendAfter(MINUTE_MS);
    expect(source.asked.every(({ expression }) => wide(expression))).toBe(true);
    const [chart] = await charts();
    const [series] = await bench.test.log.call.evidenceSeries(chart?.id ?? '');
    const steps = new Set([...(series?.times ?? [])].slice(1).map((at, i) => at - (series?.times[i] ?? 0)));
    expect(steps).toEqual(new Set([10 * SECOND_MS]));
    expect(series?.values.at(-1)).toBe(4);
  });

  it('remembers the expressions across a restart', async () => {
    source.answers = () => 'refuse';
    await bench.incidents.handleAlerts([fired()]);
    await bench.restart();
    source.answers = (expression) => (wide(expression) ? [3] : []);
    await tendAfter(MINUTE_MS);
    expect((await charts()).map((chart) => chart.missing)).toEqual([null, null]);
  });

  it('stays missing, with its first expression, while no expression has a number', async () => {
    source.answers = () => 'nan';
    await bench.incidents.handleAlerts([fired()]);
    const before = await charts();
    await tendAfter(MINUTE_MS);
    await tendAfter(MINUTE_MS);
    expect(await charts()).toEqual(before);
    expect(before[0]?.missing).toBe('prom has no data for it.');
    expect(incident().timelineSeq).toBe(3);
  });

  it('is told once on the timeline when it is kept, by name', async () => {
    source.answers = () => 'refuse';
    await bench.incidents.handleAlerts([fired()]);
    source.answers = (expression) => (expression.includes('/ 0.001') ? 'refuse' : [1]);
    await tendAfter(MINUTE_MS);
    await tendAfter(MINUTE_MS);
    const said = (await bench.incidents.timeline(incident().id, 3)).map(({ title, detail }) => ({
      title,
      detail,
    }));
    expect(said).toEqual([
      { title: 'Evidence: 1 that had been missing is kept now', detail: 'Requests, gateway-availability' },
    ]);
  });

  it('is given up ten minutes after the close, and asked until then', async () => {
    source.answers = () => 'refuse';
    await bench.incidents.handleAlerts([fired()]);
    await bench.incidents.close(incident().id, 'ada', 'a test', null);
    await tendAfter(SECOND_MS);
    expect((await charts())[0]?.missing).not.toBeNull();
    source.answers = () => [1];
    await tendAfter(11 * MINUTE_MS);
    expect((await charts())[0]?.missing).not.toBeNull();
  });

  it('is whole when the source comes back shortly after the close', async () => {
    source.answers = () => [1];
    await bench.incidents.handleAlerts([fired()]);
    source.answers = () => 'refuse';
    await tendAfter(5 * MINUTE_MS);
    await bench.incidents.close(incident().id, 'ada', 'a test', null);
    const closedAt = bench.clock.now();
    source.answers = () => [1];
    await tendAfter(30 * SECOND_MS);
    const [chart] = await charts();
    expect(chart?.toAt).toBe(closedAt);
    const [series] = await bench.test.log.call.evidenceSeries(chart?.id ?? '');
    expect(closedAt - (series?.times.at(-1) ?? 0)).toBeLessThan(10 * SECOND_MS);
  });
});

describe('an incident that stays open for days', () => {
  it('never asks for more points than a remote API answers', async () => {
    source.answers = () => 'refuse';
    await bench.incidents.handleAlerts([fired()]);
    await tendAfter(9 * DAY_MS);
    for (const { window } of source.asked) {
      expect((window.toAt - window.fromAt) / window.stepMs).toBeLessThan(11_000);
      expect(window.fromAt % window.stepMs).toBe(0);
    }
  });

  it('whose condition began days ago either', async () => {
    await bench.incidents.handleAlerts([fired({ activeSinceAt: NOW - 20 * DAY_MS })]);
    const [first] = source.asked;
    if (!first) throw new Error('nothing was asked');
    expect(first.window.fromAt).toBeGreaterThanOrEqual(NOW - 20 * DAY_MS - 2 * HOUR_MS);
    expect((first.window.toAt - first.window.fromAt) / first.window.stepMs).toBeLessThanOrEqual(4_000);
  });
});

describe('a source that answers too much', () => {
  it('costs a chart of twenty lines, not a database of thousands', async () => {
    source.range = async (expression, window) => {
      source.asked.push({ expression, window });
      return ok(
        Array.from({ length: 3_000 }, (_, i) => ({
          labels: { pod: `p${i}` },
          times: Float64Array.of(window.fromAt),
          values: Float64Array.of(i),
        })),
      );
    };
    await bench.incidents.handleAlerts([fired()]);
    const [chart] = await charts();
    expect(await bench.test.log.call.evidenceSeries(chart?.id ?? '')).toHaveLength(20);
  });

  it('or throws instead of answering costs the chart and not the incident', async () => {
    source.range = async () => {
      throw new Error('socket hang up');
    };
    const [placement] = await bench.incidents.handleAlerts([fired()]);
    expect(placement?.opened).toBe(true);
    expect((await charts())[0]?.missing).toBe('socket hang up');
  });
});

describe('evidence of a neighbour', () => {
  it('is one chart of each, and does not push the own ones out', async () => {
    bench.remove();
    const near = Array.from({ length: 12 }, (_, i) =>
      objectiveStatus({
        objective: {
          ...objectiveStatus().objective,
          id: `n${i}`,
          indicator: { bad: `b${i}`, total: `t${i}` },
        },
      }),
    );
    bench = await incidentBench({
      target: (id) => (id === 'prom' ? source : undefined),
      near: () => ({ objectives: near, detectors: [] }),
    });
    source.answers = () => [1];
    await bench.incidents.handleAlerts([fired()]);
    const titles = (await charts()).map((chart) => chart.title);
    expect(titles.slice(0, 2)).toEqual(['Burn rate, gateway-availability', 'Requests, gateway-availability']);
    expect(titles).toHaveLength(8);
    expect(new Set(titles).size).toBe(8);
  });
});
