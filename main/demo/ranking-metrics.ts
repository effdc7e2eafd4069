import { CommonMetrics } from './service-process.ts';
import { LATENCY_BUCKETS_SECONDS, UNIT_BUCKETS } from './topology.ts';

/** What the ranking model exposes beside what every process has; all of it carries the model's version. */
export class RankingMetrics extends CommonMetrics {
  readonly stages = this.registry.histogram(
    'model_stage_duration_seconds',
    'Time a request spent in a stage of the model.',
    LATENCY_BUCKETS_SECONDS,
  );
  readonly accuracy = this.registry.gauge(
    'model_online_accuracy_ratio',
    'Share of correct answers among the last 1,000 labelled predictions.',
  );
  readonly labelled = this.registry.counter(
    'model_labelled_predictions_total',
    'Predictions whose label came back, by whether they were correct.',
  );
  readonly confidence = this.registry.histogram(
    'model_prediction_confidence',
    'Confidence that the model gave its answers.',
    UNIT_BUCKETS,
  );
}
