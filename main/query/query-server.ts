import type { QueryNote } from '../../shared/model/metric.ts';
import type { Clock } from '../platform/index.ts';
import type { MetricReader } from '../store/index.ts';
import { QueryControl } from './control.ts';
import { type EngineOptions, evaluateInstant, evaluateRange } from './engine.ts';
import { createIncreases } from './increases.ts';
import { labelNames, labelValues, metricsAbout } from './names.ts';
import { type LocalOptions, packFile, packInstant, packSeries, type QueryApi } from './query-api.ts';

/** The worker's functions over a reader; the same serve in this thread for scenarios. */
export function createQueryServer(reader: MetricReader, clock: Pick<Clock, 'monotonic'>): QueryApi {
  const begin = (options: LocalOptions): { engine: EngineOptions; notes: QueryNote[] } => {
    const control = new QueryControl(options.control);
    control.begin();
    const notes: QueryNote[] = [];
    const engine = {
      monotonic: () => clock.monotonic(),
      timeoutMs: options.timeoutMs,
      countNewSeriesFromZero: options.countNewSeriesFromZero,
      compat: options.compat,
      isCancelled: () => control.isCancelled(),
      onRead: (samples: number) => control.read(samples),
      onNotes: (all: readonly QueryNote[]) => void notes.push(...all),
      ...(options.joined ? { joined: options.joined } : {}),
    };
    return { engine, notes };
  };
  return {
    instant(expression, at, options) {
      const { engine, notes } = begin(options);
      const answer = evaluateInstant(reader, expression, at, engine);
      return answer.ok ? packInstant(answer.value, notes) : answer;
    },
    range(expression, window, options) {
      const { engine, notes } = begin(options);
      const answer = evaluateRange(reader, expression, window, engine);
      return answer.ok ? packSeries(answer.value, notes) : answer;
    },
    rangeFile(expression, window, wish, options) {
      const { engine, notes } = begin(options);
      const answer = evaluateRange(reader, expression, window, engine);
      return answer.ok ? packFile(answer.value, wish, notes) : answer;
    },
    increases: createIncreases(reader, () => clock.monotonic()),
    labelNames: (question) => labelNames(reader, question),
    labelValues: (label, question) => labelValues(reader, label, question),
    metrics: (question) => metricsAbout(reader, question),
  };
}
