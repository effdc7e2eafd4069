import type { Incident } from '../../../shared/model/incident.ts';
import type { Series } from '../../../shared/model/metric.ts';
import { type EvidenceView, usualStep } from '../../state/evidence.ts';
import { incidentView } from '../../state/incident-view.ts';

export interface EvidenceLine {
  readonly label: string;
  readonly colour: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly fill: boolean;
}

const MOST_LINES = 6;

/** The lines of a kept chart; null where it has none. More than six could not be told apart. */
export function evidenceLines(
  view: EvidenceView,
  index: number,
  colours: readonly string[],
): EvidenceLine[] | null {
  const series = (view.series ?? []).filter((one) => one.times.length > 0);
  if (series.length === 0) return null;
  const names = lineNames(series);
  return series.slice(0, MOST_LINES).map((one, line) => ({
    label: names[line] ?? '',
    colour: colours[(series.length === 1 ? index : line) % colours.length] ?? 'chart-1',
    times: one.times,
    values: one.values,
    fill: line === 0 && view.chart.threshold !== null,
  }));
}

/** The kept threshold with its wrong side: the one on which the metric was not before the trouble began. */
export function evidenceThreshold(
  incident: Incident,
  view: EvidenceView,
): { value: number; label: string; below: boolean } | null {
  const { threshold } = view.chart;
  const first = view.series?.[0];
  if (!threshold || !first) return null;
  let above = 0;
  let under = 0;
  for (let i = 0; i < first.times.length && (first.times[i] ?? 0) < incident.startedAt; i += 1)
    if ((first.values[i] ?? 0) > threshold.value) above += 1;
    else under += 1;
  return { ...threshold, below: above > under };
}

/** A percentage ends at 100 where it comes near; everything else ends where the samples do. */
export function evidenceCeiling(view: EvidenceView): number | null {
  if (view.chart.unit !== '%') return null;
  const most = Math.max(
    0,
    ...(view.series ?? []).map((one) => one.values.reduce((a, b) => Math.max(a, b), 0)),
  );
  return most > 50 && most <= 100 ? 100 : null;
}

/** Series named by the labels in which they differ; each name once. */
export function lineNames(series: readonly Series[]): string[] {
  const keys = new Set(series.flatMap((one) => Object.keys(one.labels)));
  const differing = [...keys].filter((key) => new Set(series.map((one) => one.labels[key] ?? '')).size > 1);
  const seen = new Map<string, number>();
  return series.map((one) => {
    const name =
      differing
        .map((key) => one.labels[key] ?? '')
        .filter((value) => value !== '')
        .join(' ') || 'value';
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
}

/** All that is kept, and the part of it that is shown at first. */
export function evidenceSpan(
  incident: Incident,
  views: readonly EvidenceView[],
  now: number,
): { fromAt: number; toAt: number; stepMs: number; view: { fromAt: number; toAt: number } } {
  const wanted = incidentView(incident, now);
  const fromAt = Math.min(incident.startedAt, ...views.map((one) => one.chart.fromAt));
  // Before what is kept there is nothing to see.
  const view = { fromAt: Math.max(fromAt, wanted.fromAt), toAt: wanted.toAt };
  const ends = views.flatMap((one) => (one.series ?? []).map((series) => series.times.at(-1) ?? 0));
  return {
    fromAt,
    toAt: Math.max(view.toAt, ...ends, fromAt + 60_000),
    stepMs: usualStep(views.flatMap((one) => one.series ?? [])) || 15_000,
    view,
  };
}

/** Seconds under ten are read as milliseconds: nobody compares 0.0685 s with an objective of 250 ms. */
export function readable(view: EvidenceView): EvidenceView {
  const most = Math.max(
    0,
    ...(view.series ?? []).map((one) => one.values.reduce((a, b) => Math.max(b, a), 0)),
  );
  if (view.chart.unit !== 's' || most >= 10) return view;
  const { threshold } = view.chart;
  const scaled = threshold && { ...threshold, value: threshold.value * 1_000 };
  return {
    ...view,
    chart: { ...view.chart, unit: 'ms', threshold: scaled },
    series: view.series?.map((one) => ({ ...one, values: one.values.map((value) => value * 1_000) })) ?? null,
  };
}
