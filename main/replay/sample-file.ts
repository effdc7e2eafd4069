import { CodedError } from '../../shared/error/coded.ts';
import type { Labels } from '../../shared/model/metric.ts';
import { parseSeriesText, scanExposition } from '../source/index.ts';
import type { SeriesBlock } from '../store/index.ts';

/** A file of samples may not take the memory of everything else. */
const SAMPLES_MAX = 50_000_000;

/**
 * Reads samples with times from Prometheus' text format (`name{labels} value milliseconds`), in any order.
 * Throws `samples-unreadable` with the line where it cannot; a sample without a time belongs nowhere, and is refused.
 */
export function readSampleFile(text: string, file: string): SeriesBlock[] {
  const series = new Map<string, { labels: Labels; points: [number, number][] }>();
  let count = 0;
  const problem = scanExposition(text, 'text', (name, value, at) => {
    if (at === undefined) return 'a sample has no time; write it in milliseconds after the value';
    count += 1;
    if (count > SAMPLES_MAX) return `there are more than ${SAMPLES_MAX} samples, which is the limit`;
    const known = series.get(name);
    if (known) {
      known.points.push([at, value]);
      return undefined;
    }
    const labels = parseSeriesText(name);
    if (!labels.ok) return labels.error;
    series.set(name, { labels: labels.value, points: [[at, value]] });
    return undefined;
  });
  if (problem)
    throw new CodedError('samples-unreadable', `${file} cannot be replayed: ${JSON.stringify(problem)}`);
  return [...series.values()].map(({ labels, points }) => {
    points.sort(([a], [b]) => a - b);
    return {
      labels,
      times: Float64Array.from(points, ([at]) => at),
      values: Float64Array.from(points, ([, value]) => value),
      synthetic: false,
    };
  });
}
