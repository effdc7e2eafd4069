import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bucketSelector, planCharts } from '../../../main/incident/evidence-plan.ts';
import { HOUR_MS } from '../../../shared/unit/time.ts';
import { alertOf, NOW, objectiveStatus } from '../../support/incident.ts';
import { fired, type IncidentBench, incidentBench } from '../../support/incidents.ts';

describe('the charts chosen for an incident', () => {
  it('are the burn rate with the line that paged, and the requests', () => {
    const [burn, requests, ...more] = planCharts([alertOf()], [objectiveStatus()], []);
    expect(more).toEqual([]);
    expect(burn).toMatchObject({
      title: 'Burn rate, gateway-availability',
      unit: '×',
      threshold: { value: 13.44, label: 'page 13.44×' },
    });
    expect(burn?.expressions[0]).toBe(
      '((sum(increase(requests_total{code=~"5.."}[1m])) or sum(increase(requests_total[1m])) * 0) / sum(increase(requests_total[1m]))) / 0.001',
    );
    expect(requests?.expressions).toEqual([
      'sum(increase(requests_total[1m])) / 60',
      'sum(increase(requests_total[5m])) / 300',
    ]);
  });

  it('fill the window into an indicator that has a place for it', () => {
    const objective = {
      ...objectiveStatus().objective,
      indicator: { good: 'rate(ok[$window])', total: 'rate(all[{{.window}}])' },
    };
    const [burn, requests] = planCharts([], [objectiveStatus({ objective })], []);
    expect(burn?.expressions[0]).toBe('(1 - sum(rate(ok[1m])) / sum(rate(all[1m]))) / 0.001');
    expect(requests?.expressions[0]).toBe('sum(rate(all[1m]))');
  });

  it('add the P99 with the objective as its line where the objective is a bucket of a histogram', () => {
    const objective = {
      ...objectiveStatus().objective,
      kind: 'latency' as const,
      thresholdMs: 100,
      indicator: { good: 'wait_bucket{le="0.1", job="a,}b"}', total: 'wait_count' },
    };
    expect(planCharts([], [objectiveStatus({ objective })], [])[2]).toMatchObject({
      expressions: [
        expect.stringContaining('sum by (le) (rate(wait_bucket{job="a,}b"}[1m]))'),
        expect.anything(),
      ],
      threshold: { value: 0.1, label: 'objective 100 ms' },
    });
  });

  it('leave out what is no bucket, and the same chart twice', () => {
    expect(bucketSelector('wait_bucket{job="a"}')).toBeNull();
    expect(bucketSelector('sum(wait_bucket{le="1"})')).toBeNull();
    expect(planCharts([], [objectiveStatus(), objectiveStatus()], [])).toHaveLength(2);
  });

  it('are what a detector looks at', () => {
    const detector = { title: 'GPU queue', query: 'gpu_queue', unit: 'requests', source: 'prom' };
    expect(planCharts([], [], [detector as never])).toEqual([
      { title: 'GPU queue', unit: 'requests', expressions: ['gpu_queue'], source: 'prom', threshold: null },
    ]);
  });
});

describe('the evidence of an incident', () => {
  let bench: IncidentBench;
  beforeEach(async () => {
    bench = await incidentBench();
  });
  afterEach(() => bench.remove());
  const incident = () => {
    const [first] = bench.incidents.list();
    if (!first) throw new Error('no incident');
    return first;
  };
  const charts = () => bench.test.log.call.evidenceCharts(incident().id);
  const lastAt = async () => {
    const [chart] = await charts();
    const [series] = await bench.test.log.call.evidenceSeries(chart?.id ?? '');
    return series?.times.at(-1);
  };

  it('reaches from two hours before it began to its opening', async () => {
    await bench.incidents.handleAlerts([fired()]);
    const [chart] = await charts();
    expect(chart).toMatchObject({ fromAt: NOW - 60_000 - 2 * HOUR_MS, toAt: NOW, missing: null });
    expect(bench.target.asked[0]?.window).toMatchObject({
      fromAt: NOW - 60_000 - 2 * HOUR_MS,
      toAt: NOW,
      stepMs: 10_000,
    });
  });

  it('grows each minute while it is open, up to its close, and no further', async () => {
    await bench.incidents.handleAlerts([fired()]);
    await bench.clock.advance(59_000);
    await bench.incidents.tend(bench.clock.now());
    expect(await lastAt()).toBe(NOW);
    await bench.clock.advance(1000);
    await bench.incidents.tend(bench.clock.now());
    expect(await lastAt()).toBe(NOW + 60_000);
    await bench.clock.advance(30_000);
    await bench.incidents.close(incident().id, 'you', 'a test', null);
    await bench.clock.advance(120_000);
    for (let i = 0; i < 3; i += 1) await bench.incidents.tend(bench.clock.now());
    expect(await lastAt()).toBe(NOW + 90_000);
  });

  it('goes on from where it ended after the source was away', async () => {
    await bench.incidents.handleAlerts([fired()]);
    bench.target.mode = 'refuse';
    await bench.clock.advance(60_000);
    await bench.incidents.tend(bench.clock.now());
    expect((await charts())[0]?.toAt).toBe(NOW);
    bench.target.mode = 'value';
    await bench.clock.advance(60_000);
    await bench.incidents.tend(bench.clock.now());
    expect(await lastAt()).toBe(NOW + 120_000);
  });

  it('is missing with its reason where the source refuses or has nothing, and is fetched whole later', async () => {
    bench.target.mode = 'refuse';
    await bench.incidents.handleAlerts([fired()]);
    expect((await charts()).map((chart) => chart.missing)).toEqual(Array(2).fill('prom: connection refused'));
    bench.target.mode = 'empty';
    await bench.clock.advance(60_000);
    await bench.incidents.tend(bench.clock.now());
    expect((await charts())[0]?.missing).not.toBeNull();
    bench.target.mode = 'value';
    await bench.clock.advance(60_000);
    await bench.incidents.tend(bench.clock.now());
    expect((await charts()).map((chart) => chart.missing)).toEqual([null, null]);
    const [series] = await bench.test.log.call.evidenceSeries((await charts())[0]?.id ?? '');
    expect(series?.times[0]).toBe(NOW - 60_000 - 2 * HOUR_MS);
    const timeline = await bench.incidents.timeline(incident().id, 0);
    expect(timeline.at(-1)?.title).toBe('Evidence: 2 that had been missing are kept now');
  });

  it('does not hold up the opening where the source is silent', async () => {
    bench.target.mode = 'silent';
    const opening = bench.incidents.handleAlerts([fired()]);
    await new Promise((resolve) => setImmediate(resolve));
    await bench.clock.advance(2000);
    await opening;
    expect((await charts())[0]?.missing).toBe('No answer within 2 s; it is asked again.');
  });

  it('takes the wider window where the narrow one holds nothing, and says where there is no such source', async () => {
    const objective = { ...objectiveStatus().objective, source: 'gone' };
    bench.objectives.set('gateway-availability', objectiveStatus({ objective }));
    await bench.incidents.handleAlerts([fired()]);
    expect((await charts())[0]?.missing).toBe('There is no source named gone.');
  });

  it('gets the charts of an objective that joins later', async () => {
    await bench.incidents.handleAlerts([fired()]);
    const objective = {
      ...objectiveStatus().objective,
      id: 'gateway-latency',
      indicator: { bad: 'slow', total: 'all' },
    };
    bench.objectives.set('gateway-latency', objectiveStatus({ objective }));
    await bench.incidents.handleAlerts([
      fired({ id: 'a2', ruleId: 'gateway-latency' }, { objectiveId: 'gateway-latency' }),
    ]);
    expect(await charts()).toHaveLength(4);
    expect(incident().evidenceCount).toBe(4);
  });
});

it('keeps the spans in which nobody watched with the samples, and what became of them later', async () => {
  let filledAt: number | null = null;
  const gap = () => ({ fromAt: NOW - HOUR_MS, toAt: NOW - 60_000, causes: ['asleep' as const], filledAt });
  const bench = await incidentBench({ unwatched: () => [gap()] });
  await bench.incidents.handleAlerts([fired()]);
  const [incident] = bench.incidents.list();
  const first = async () => (await bench.test.log.call.evidenceCharts(incident?.id ?? ''))[0];
  expect((await first())?.unwatched).toEqual([gap()]);
  filledAt = NOW + 1;
  await bench.clock.advance(60_000);
  await bench.incidents.tend(bench.clock.now());
  expect((await first())?.unwatched).toEqual([{ ...gap(), filledAt: NOW + 1 }]);
  bench.remove();
});
