import { describe, expect, it } from 'vitest';
import { evidenceSpan, readable } from '../../../../renderer/screen/incident/evidence-lines.ts';
import { joinTail, readEvidence, usualStep } from '../../../../renderer/state/evidence.ts';
import { incidentView } from '../../../../renderer/state/incident-view.ts';
import type { Api } from '../../../../renderer/transport/api.ts';
import { encodeSeries } from '../../../../shared/contract/series-file.ts';
import type { EvidenceChart } from '../../../../shared/model/incident.ts';
import type { Series } from '../../../../shared/model/metric.ts';
import { MINUTE_MS } from '../../../../shared/unit/time.ts';
import { incident } from '../../../support/window/fleet-incident.ts';

const start = 1_800_000_000_000;
const series = (labels: Record<string, string>, times: number[], values: number[]): Series => ({
  labels,
  times: Float64Array.from(times),
  values: Float64Array.from(values),
});
const chart: EvidenceChart = {
  id: 'e1',
  incidentId: 'i1',
  title: 'P99 latency',
  unit: 's',
  expression: 'p99',
  source: 'fleet',
  threshold: { value: 0.25, label: 'objective 250 ms' },
  fromAt: start - 60 * MINUTE_MS,
  toAt: start,
  missing: null,
};
const kept = [series({ job: 'a' }, [start - 20_000, start - 10_000, start], [0.05, 0.06, 0.07])];

describe('the view of an incident', () => {
  const one = incident({ id: 'i', name: 'n', title: 't', service: 's', openedAt: start, startedAt: start });

  it('begins ten minutes before a young one, and as long before an old one as it lasts', () => {
    expect(incidentView(one, start + MINUTE_MS)).toEqual({
      fromAt: start - 10 * MINUTE_MS,
      toAt: start + MINUTE_MS,
    });
    expect(incidentView(one, start + 90 * MINUTE_MS).fromAt).toBe(start - 90 * MINUTE_MS);
  });

  it('ends a while after the end, however long ago that is', () => {
    const over = { ...one, resolvedAt: start + 4 * MINUTE_MS };
    expect(incidentView(over, start + 900 * MINUTE_MS)).toEqual({
      fromAt: start - 10 * MINUTE_MS,
      toAt: start + 9 * MINUTE_MS,
    });
  });

  it('is a part of all that is kept', () => {
    const view = { chart, kept, series: kept, unwatched: [] };
    const span = evidenceSpan(one, [view], start + MINUTE_MS);
    expect(span).toMatchObject({ fromAt: chart.fromAt, toAt: start + MINUTE_MS, stepMs: 10_000 });
    expect(span.view.fromAt).toBeGreaterThan(span.fromAt);
  });
});

describe('kept samples', () => {
  it('go on with what the source has seen since, series by series and without a sample twice', () => {
    const tail = [
      series({ job: 'b' }, [start + 10_000], [9]),
      series({ job: 'a' }, [start, start + 10_000], [0.07, 0.9]),
    ];
    const [joined, ...others] = joinTail(kept, tail);
    expect(others).toEqual([]);
    expect([...(joined?.times ?? [])]).toEqual([start - 20_000, start - 10_000, start, start + 10_000]);
    expect(joined?.values.at(-1)).toBe(0.9);
  });

  it('are read once, and their tail from the step after the last one', async () => {
    const asked: unknown[] = [];
    const gap = { fromAt: start + 2_000, toAt: start + 9_000, causes: ['asleep' as const], filledAt: null };
    const blob = (all: readonly Series[], unwatched = [gap]) =>
      new Blob([encodeSeries({ series: all, unwatched })]);
    const early = { ...gap, fromAt: start - 9_000, toAt: start - 8_000 };
    const api = {
      incident: {
        evidenceSamples: async (input: unknown) => {
          asked.push(input);
          return blob(kept);
        },
      },
      series: {
        range: async (input: unknown) => {
          asked.push(input);
          return blob([series({ job: 'a' }, [start + 10_000], [1])]);
        },
      },
    } as unknown as Api;
    const first = await readEvidence(api, { ...chart, unwatched: [early] }, undefined, start + 15_000);
    expect(first.series?.[0]?.times).toHaveLength(4);
    // Nearer to each other than two samples: one span.
    expect(first.unwatched).toEqual([{ ...gap, fromAt: early.fromAt }]);
    await readEvidence(api, chart, first, start + 15_000);
    const range = { source: 'fleet', expression: 'p99', fromAt: start + 10_000, toAt: start + 15_000 };
    expect(asked).toEqual([{ evidenceId: 'e1' }, { ...range, stepMs: 10_000 }, { ...range, stepMs: 10_000 }]);
  });

  it('stay what they are where the source does not answer, and for an incident that is over', async () => {
    const api = {
      incident: { evidenceSamples: async () => new Blob([encodeSeries({ series: kept, unwatched: [] })]) },
      series: { range: () => Promise.reject(new Error('unreachable')) },
    } as unknown as Api;
    for (const liveAt of [start + 60_000, null])
      expect((await readEvidence(api, chart, undefined, liveAt)).series?.[0]?.times).toHaveLength(3);
  });

  it('tell their step by its median, so that a gap stays a gap', () => {
    expect(usualStep([series({}, [0, 10, 20, 500, 510], [1, 1, 1, 1, 1])])).toBe(10);
    expect(usualStep([])).toBe(0);
  });

  it('are read in milliseconds where seconds would be fractions', () => {
    const shown = readable({ chart, kept, series: kept, unwatched: [] });
    expect(shown.chart).toMatchObject({ unit: 'ms', threshold: { value: 250 } });
    expect(shown.series?.[0]?.values.at(-1)).toBeCloseTo(70);
    const long = [series({}, [start], [42])];
    expect(readable({ chart, kept: long, series: long, unwatched: [] }).chart.unit).toBe('s');
  });
});
