import type { Clock } from '../platform/index.ts';
import type { MetricReader } from '../store/index.ts';
import { type EngineOptions, evaluateInstant, evaluateRange } from './engine.ts';
import { type LocalOptions, packInstant, packSeries, type QueryApi } from './query-api.ts';

/** The worker's functions over a reader; the same serve in this thread for scenarios. */
export function createQueryServer(reader: MetricReader, clock: Pick<Clock, 'monotonic'>): QueryApi {
  const engine = (options: LocalOptions): EngineOptions => ({
    monotonic: () => clock.monotonic(),
    timeoutMs: options.timeoutMs,
    countNewSeriesFromZero: options.countNewSeriesFromZero,
  });
  return {
    instant(expression, at, options) {
      const answer = evaluateInstant(reader, expression, at, engine(options));
      return answer.ok ? packInstant(answer.value) : answer;
    },
    range(expression, window, options) {
      const answer = evaluateRange(reader, expression, window, engine(options));
      return answer.ok ? packSeries(answer.value) : answer;
    },
    labelValues: (name) => reader.labelValues(name),
  };
}
