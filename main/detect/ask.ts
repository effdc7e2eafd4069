import { ok, type Result } from '../../shared/error/result.ts';
import type { Detector } from '../../shared/model/detector.ts';
import type { InstantValue, Labels, QueryError, QueryTarget, Series } from '../../shared/model/metric.ts';
import { SECOND_MS } from '../../shared/unit/time.ts';
import { fingerprint } from '../platform/index.ts';
import type { DetectorPoints } from './detect-api.ts';

/** A series' points under a key that its labels give, in any order of theirs. */
export interface KeyedSeries {
  readonly key: string;
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** A query that answers more series than this names a label that identifies requests, not a metric worth a detector. */
export const SERIES_PER_DETECTOR = 500;
const TIMEOUT_MS = 10 * SECOND_MS;

export async function askNow(
  detector: Detector,
  target: QueryTarget,
  at: number,
): Promise<Result<readonly KeyedSeries[], QueryError>> {
  const answer = await target.instant(detector.query, at, { timeoutMs: TIMEOUT_MS });
  return answer.ok ? ok(pointsOf(answer.value, at)) : answer;
}

/** How much of the past makes a baseline, also where the level has just changed. */
export function warmUpMs({ window, rebaseAfter }: Detector, stepMs: number): number {
  return (2 * window + rebaseAfter) * stepMs;
}

/** The points before the instant, at the steps that the polls would have had. */
export async function askHistory(
  detector: Detector,
  target: QueryTarget,
  at: number,
  stepMs: number,
): Promise<Result<readonly KeyedSeries[], QueryError>> {
  const window = { fromAt: at - warmUpMs(detector, stepMs), toAt: at - stepMs, stepMs };
  const answer = await target.range(detector.query, window, { timeoutMs: TIMEOUT_MS });
  return answer.ok ? ok(answer.value.map(keyed)) : answer;
}

function pointsOf(value: InstantValue, at: number): KeyedSeries[] {
  const samples = value.kind === 'scalar' ? [{ labels: {}, value: value.value }] : value.samples;
  return samples
    .filter((sample) => Number.isFinite(sample.value))
    .map((sample) =>
      keyed({ labels: sample.labels, times: Float64Array.of(at), values: Float64Array.of(sample.value) }),
    );
}

export function keyed(series: Series): KeyedSeries {
  // The metric's name says what is measured, not which of the series it is, and rules rename it.
  const { __name__: _name, ...labels } = series.labels;
  return { key: fingerprint(labels), labels, times: series.times, values: series.values };
}

/** Puts the series one after the other into the arrays that cross to the worker. */
export function packPoints(
  detector: Detector,
  series: readonly KeyedSeries[],
  afresh: boolean,
): DetectorPoints {
  const length = series.reduce((sum, one) => sum + one.times.length, 0);
  const times = new Float64Array(length);
  const values = new Float64Array(length);
  let from = 0;
  for (const one of series) {
    times.set(one.times, from);
    values.set(one.values, from);
    from += one.times.length;
  }
  const { id, window, threshold, persistence, rebaseAfter, unit } = detector;
  return {
    id,
    config: { window, threshold, persistence, rebaseAfter, unit },
    afresh,
    keys: series.map((one) => one.key),
    lengths: Uint32Array.from(series, (one) => one.times.length),
    times,
    values,
  };
}
