import { parseNumber } from '../../main/query/literal.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { RealPrometheus } from './real-prometheus.ts';
import type { AnsweredSeries } from './same-answer.ts';

type Point = readonly [seconds: number, value: string];

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly resultType: string;
    readonly result: Point | readonly { metric: Labels; value?: Point; values?: readonly Point[] }[];
  };
}

/** A question to Prometheus: a range, or one instant where it has no step. */
export interface AskedRange {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number | null;
}

/** What Prometheus answers, or the words with which it refuses. */
export async function askPrometheus(
  prometheus: RealPrometheus,
  query: string,
  { fromAt, toAt, stepMs }: AskedRange,
): Promise<readonly AnsweredSeries[] | string> {
  const seconds = (at: number) => (at / 1000).toFixed(3);
  const answer = (
    stepMs === null
      ? await prometheus.get('/api/v1/query', { query, time: seconds(fromAt) })
      : await prometheus.get('/api/v1/query_range', {
          query,
          start: seconds(fromAt),
          end: seconds(toAt),
          step: seconds(stepMs),
        })
  ) as Answer;
  if (!answer.data) return answer.error ?? 'no reason';
  const { resultType, result } = answer.data;
  if (resultType === 'scalar') return [{ labels: {}, points: pointsOf([result as Point]) }];
  const series = result as readonly { metric: Labels; value?: Point; values?: readonly Point[] }[];
  return series.map(({ metric, value, values }) => ({
    labels: metric,
    points: pointsOf(values ?? (value ? [value] : [])),
  }));
}

function pointsOf(points: readonly Point[]): Map<number, number> {
  return new Map(
    points.map(([seconds, text]) => [Math.round(seconds * 1000), parseNumber(text) ?? Number.NaN] as const),
  );
}
