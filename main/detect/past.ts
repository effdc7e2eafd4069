import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Detector } from '../../shared/model/detector.ts';
import type { Labels, QueryError, QueryOptions, QueryTarget } from '../../shared/model/metric.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import type { WorkerHandle } from '../platform/index.ts';
import { keyed, packPoints, warmUpMs } from './ask.ts';
import type { DetectApi } from './detect-api.ts';

/** What a detector expected of one series: the bounds at each of its points, NaN while it was warming up. */
export interface ExpectedSeries {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** When a level was new. */
  readonly changedAt: readonly number[];
}

/** The stretch of time whose bounds are wanted; milliseconds UTC. */
export interface PastSpan {
  readonly fromAt: number;
  readonly toAt: number;
}

/** As Prometheus has it for a range query. */
const STEPS_MAX = 11_000;
/** The worker also judges what pages: so many points take it some tens of milliseconds. */
const POINTS_MAX = 200_000;

/**
 * What the detector says of a stretch of the past, judged as it is live: point by point at its own distance, warmed up by
 * what lies before. A stretch that is too long, or a query of too many series, is refused with the reason.
 */
export async function detectorPast(
  { detector, target, worker, stepMs }: PastQuestion,
  span: PastSpan,
  options: QueryOptions,
): Promise<Result<readonly ExpectedSeries[], QueryError>> {
  // On whole steps, so that a range which moves on by a little says the same of the same time.
  const fromAt = Math.floor(span.fromAt / stepMs) * stepMs - warmUpMs(detector, stepMs);
  const steps = Math.floor((span.toAt - fromAt) / stepMs) + 1;
  const each = `It looks at a point every ${formatDuration(stepMs)}`;
  if (steps > STEPS_MAX) {
    const longest = formatDuration(STEPS_MAX * stepMs - warmUpMs(detector, stepMs));
    return refused(`${each}: its bounds are drawn over ${longest} at most. Choose a shorter range.`);
  }
  const answer = await target.range(detector.query, { fromAt, toAt: span.toAt, stepMs }, options);
  if (!answer.ok) return answer;
  const points = answer.value.reduce((sum, one) => sum + one.times.length, 0);
  if (points > POINTS_MAX)
    return refused(
      `${each} of each of ${answer.value.length} series, which are ${points.toLocaleString('en-US')} points, more than ${POINTS_MAX.toLocaleString('en-US')}. Choose a shorter range.`,
    );
  const judged = await worker.call.past(packPoints(detector, answer.value.map(keyed), false));
  let end = 0;
  return ok(
    answer.value.map(({ labels, times }) => {
      const from = end;
      end += times.length;
      const isIn = (index: number) => (times[index] ?? 0) >= span.fromAt;
      return {
        labels,
        times,
        lower: judged.lower.subarray(from, end),
        upper: judged.upper.subarray(from, end),
        changedAt: Array.from(times).filter((_, index) => judged.changed[from + index] === 1 && isIn(index)),
      };
    }),
  );
}

/** A detector, whom it asks, where it is judged, and how far apart its points are. */
export interface PastQuestion {
  readonly detector: Detector;
  readonly target: QueryTarget;
  readonly worker: WorkerHandle<DetectApi>;
  readonly stepMs: number;
}

function refused(message: string): Result<never, QueryError> {
  return err({ code: 'limit', message, retryable: false });
}
