import { HOUR_MS } from '../../shared/unit/time.ts';
import {
  describeZscore,
  type JudgedPoint,
  type PointVerdict,
  startZscore,
  stepZscore,
  type ZscoreConfig,
  type ZscoreState,
} from './detector/index.ts';

/** The points of one detector's series: `lengths[i]` of them belong to `keys[i]`, one series after the other. */
export interface DetectorPoints {
  readonly id: string;
  readonly config: ZscoreConfig;
  /** True where what was known of this detector is not to be used: at the start, after a gap, after a change. */
  readonly afresh: boolean;
  readonly keys: readonly string[];
  readonly lengths: Uint32Array;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export interface DetectorAnswer {
  readonly id: string;
  /** The verdict over the last point of each series, in the order of the keys; null where it had no usable point. */
  readonly verdicts: readonly (PointVerdict | null)[];
  /** Series that are not watched, because the worker has all that it may hold. */
  readonly refused: number;
}

/** What was expected at each point of a question about the past, in its order; NaN where nothing was judged. */
export interface DetectorBounds {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** 1 where the point made a new level. */
  readonly changed: Uint8Array;
}

export type DetectApi = {
  judge(batch: readonly DetectorPoints[], at: number): DetectorAnswer[];
  /** Judges points of the past by themselves; what is remembered of the series is neither used nor changed. */
  past(points: DetectorPoints): DetectorBounds;
  /** Forgets the detectors that are not named. */
  retain(ids: readonly string[]): void;
};

/** States of more series than this are not held: labels that never repeat must not fill the memory. */
const SERIES_MAX = 10_000;
/** A series that has not been seen for this long is forgotten: pods come and go. */
const FORGET_AFTER_MS = HOUR_MS;

interface Kept {
  state: ZscoreState;
  seenAt: number;
}

/** What the worker serves. Its states can all be made again from history, so they die with it. */
export function createDetectApi(seriesMax = SERIES_MAX): DetectApi {
  const detectors = new Map<string, Map<string, Kept>>();
  let held = 0;

  const drop = (id: string) => {
    held -= detectors.get(id)?.size ?? 0;
    detectors.delete(id);
  };
  const judgeOne = (points: DetectorPoints, at: number): DetectorAnswer => {
    if (points.afresh) drop(points.id);
    const series = detectors.get(points.id) ?? new Map<string, Kept>();
    detectors.set(points.id, series);
    let refused = 0;
    let from = 0;
    const verdicts = points.keys.map((key, index) => {
      const to = from + (points.lengths[index] ?? 0);
      let kept = series.get(key);
      if (!kept && held < seriesMax) {
        kept = { state: startZscore(points.config), seenAt: at };
        series.set(key, kept);
        held += 1;
      }
      let last: JudgedPoint | null = null;
      for (let next = from; kept && next < to; next++) {
        const step = stepZscore(
          kept.state,
          points.config,
          points.times[next] ?? Number.NaN,
          points.values[next] ?? Number.NaN,
        );
        kept.state = step.state;
        kept.seenAt = at;
        last = step.point;
      }
      if (!kept) refused += 1;
      from = to;
      return last && describeZscore(last, points.config);
    });
    for (const [key, kept] of series) {
      if (at - kept.seenAt <= FORGET_AFTER_MS) continue;
      series.delete(key);
      held -= 1;
    }
    return { id: points.id, verdicts, refused };
  };

  return {
    judge: (batch, at) => batch.map((points) => judgeOne(points, at)),
    past: judgePast,
    retain(ids) {
      const keep = new Set(ids);
      for (const id of [...detectors.keys()]) if (!keep.has(id)) drop(id);
    },
  };
}

function judgePast({ config, lengths, times, values }: DetectorPoints): DetectorBounds {
  const bounds = {
    lower: new Float64Array(times.length).fill(Number.NaN),
    upper: new Float64Array(times.length).fill(Number.NaN),
    changed: new Uint8Array(times.length),
  };
  let from = 0;
  for (const length of lengths) {
    let state = startZscore(config);
    for (let at = from; at < from + length; at += 1) {
      const step = stepZscore(state, config, times[at] as number, values[at] as number);
      state = step.state;
      bounds.lower[at] = step.point?.lower ?? Number.NaN;
      bounds.upper[at] = step.point?.upper ?? Number.NaN;
      bounds.changed[at] = step.point?.levelChange ? 1 : 0;
    }
    from += length;
  }
  return bounds;
}
