import { BOUND_LABEL, DETECTOR_LABEL } from '../../shared/contract/query.ts';
import { decodeSeries } from '../../shared/contract/series-file.ts';
import type { Labels, Series } from '../../shared/model/metric.ts';
import type { Api } from '../transport/api.ts';
import type { SignalFrame } from './signal-frame.ts';

type BoundsAnswer = Awaited<ReturnType<Api['query']['bounds']>>;

/** What the detectors of a panel's expression expected over its range. */
export interface PanelBounds {
  readonly detectors: BoundsAnswer['detectors'];
  readonly pairs: readonly BoundPair[];
}

/** The bounds of one detector for one series: each holds from its time until the next. */
export interface BoundPair {
  readonly detectorId: string;
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The bounds of a drawn line on the frame's columns; NaN where nothing was expected. */
export interface LineBounds {
  readonly line: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Throws `series-file-damaged` where the samples cannot be read. */
export async function readBounds({ detectors, series }: BoundsAnswer): Promise<PanelBounds> {
  const pairs = new Map<string, Partial<Record<string, Series>>>();
  for (const one of decodeSeries(await series.arrayBuffer()).series) {
    const { [BOUND_LABEL]: bound = '', ...labels } = one.labels;
    const key = keyOf(labels);
    pairs.set(key, { ...pairs.get(key), [bound]: { ...one, labels } });
  }
  return {
    detectors,
    pairs: [...pairs.values()].flatMap(({ lower, upper }) => {
      if (!lower || !upper) return [];
      const { [DETECTOR_LABEL]: detectorId = '', ...labels } = lower.labels;
      return [{ detectorId, labels, times: lower.times, lower: lower.values, upper: upper.values }];
    }),
  };
}

/** Puts the bounds under the lines whose series they are of. */
export function boundsOfLines(frame: SignalFrame, bounds: PanelBounds | null): readonly LineBounds[] {
  if (!bounds || bounds.pairs.length === 0) return [];
  const byLabels = new Map(bounds.pairs.map((one) => [keyOf(one.labels), one]));
  return frame.lines.flatMap(({ row }, line) => {
    const pair = byLabels.get(keyOf(frame.rows.labels[row] ?? {}));
    return pair ? [{ line, ...onColumns(frame.seconds, pair) }] : [];
  });
}

/** A bound holds until the next point was judged; past the last one it holds as long as two points lie apart. */
function onColumns(seconds: Float64Array, { times, lower, upper }: BoundPair) {
  const low = new Float64Array(seconds.length).fill(Number.NaN);
  const high = new Float64Array(seconds.length).fill(Number.NaN);
  const apart = times.length > 1 ? (times[1] as number) - (times[0] as number) : 0;
  let at = -1;
  for (let slot = 0; slot < seconds.length; slot += 1) {
    const ms = (seconds[slot] as number) * 1_000;
    while (at + 1 < times.length && (times[at + 1] as number) <= ms) at += 1;
    if (at < 0 || ms - (times[at] as number) > apart) continue;
    low[slot] = lower[at] as number;
    high[slot] = upper[at] as number;
  }
  return { low, high };
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
