import { decodeSeries, type SeriesFile } from '../../shared/contract/series-file.ts';
import type { EvidenceChart } from '../../shared/model/incident.ts';
import type { Series } from '../../shared/model/metric.ts';
import { joinUnwatched, type Unwatched } from '../../shared/model/watch.ts';
import type { Api } from '../transport/api.ts';

/** A kept chart with its samples; null where they could not be had. `series` goes on past what is kept, up to now. */
export interface EvidenceView {
  readonly chart: EvidenceChart;
  readonly kept: readonly Series[] | null;
  readonly series: readonly Series[] | null;
  /** Spans of the chart's time in which its source was not watched. */
  readonly unwatched: readonly Unwatched[];
}

const USUAL_STEP_MS = 10_000;

/** Reads a chart: what is kept once, and for an open incident what the source has seen since then. */
export async function readEvidence(
  api: Api,
  chart: EvidenceChart,
  before: EvidenceView | undefined,
  liveAt: number | null,
): Promise<EvidenceView> {
  const spans = chart.unwatched ?? [];
  if (chart.missing !== null) return { chart, kept: null, series: null, unwatched: spans };
  const same = before?.kept && before.chart.toAt === chart.toAt ? before.kept : null;
  const kept = same ?? (await readKept(api, chart));
  if (liveAt === null) return { chart, kept, series: kept, unwatched: spans };
  const tail = await readTail(api, chart, kept, liveAt);
  return {
    chart,
    kept,
    series: joinTail(kept, tail.series),
    unwatched: joinUnwatched([spans, tail.unwatched], USUAL_STEP_MS),
  };
}

async function readKept(api: Api, chart: EvidenceChart): Promise<readonly Series[]> {
  const file = await api.incident.evidenceSamples({ evidenceId: chart.id });
  return decodeSeries(await file.arrayBuffer()).series;
}

async function readTail(
  api: Api,
  chart: EvidenceChart,
  kept: readonly Series[],
  liveAt: number,
): Promise<SeriesFile> {
  const stepMs = usualStep(kept) || USUAL_STEP_MS;
  const lastAt = Math.max(0, ...kept.map((one) => one.times.at(-1) ?? 0));
  const fromAt = Math.ceil((lastAt + 1) / stepMs) * stepMs;
  if (lastAt === 0 || fromAt > liveAt) return { series: [], unwatched: [] };
  const { source, expression } = chart;
  try {
    const file = await api.series.range({ source, expression, fromAt, toAt: Math.floor(liveAt), stepMs });
    return decodeSeries(await file.arrayBuffer());
  } catch {
    // A source that does not answer is told of by its own state; here the line ends, and the gap is seen.
    return { series: [], unwatched: [] };
  }
}

/** Kept series with their later samples; only those that are kept, since others belong to no chart. */
export function joinTail(kept: readonly Series[], tail: readonly Series[]): readonly Series[] {
  if (tail.length === 0) return kept;
  const later = new Map(tail.map((one) => [keyOf(one), one]));
  return kept.map((one) => {
    const more = later.get(keyOf(one));
    const lastAt = one.times.at(-1) ?? Number.NEGATIVE_INFINITY;
    const from = more ? more.times.findIndex((at) => at > lastAt) : -1;
    if (!more || from < 0) return one;
    return {
      ...one,
      times: Float64Array.from([...one.times, ...more.times.subarray(from)]),
      values: Float64Array.from([...one.values, ...more.values.subarray(from)]),
    };
  });
}

function keyOf(series: Series): string {
  return JSON.stringify(Object.entries(series.labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The median distance of samples: a gap must not make the step look long, which would hide the gap. 0 is unknown. */
export function usualStep(all: readonly Series[]): number {
  const steps = all.map(({ times }) => {
    const distances = Array.from(times.subarray(1), (at, index) => at - (times[index] ?? 0));
    return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0;
  });
  return Math.max(0, ...steps);
}
