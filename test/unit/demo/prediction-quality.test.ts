import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../main/demo/event-queue.ts';
import { writeExposition } from '../../../main/demo/exposition.ts';
import { PredictionQuality } from '../../../main/demo/prediction-quality.ts';
import { Random } from '../../../main/demo/random.ts';
import { RankingMetrics } from '../../../main/demo/ranking-metrics.ts';
import type { ModelSpec } from '../../../main/demo/topology.ts';
import { readExposition } from '../../integration/demo/scraped.ts';

const MODEL: ModelSpec = { version: 'v1', accuracy: 0.9, confidence: 0.7, features: [], requires: null };

function judged() {
  const events = new EventQueue(0);
  const metrics = new RankingMetrics();
  const quality = new PredictionQuality(events, new Random(1), metrics);
  const read = () => readExposition(writeExposition([metrics.registry], 'prometheus'));
  const predict = (count: number, loss = 0, doubtful = 0, model = MODEL): void => {
    for (let index = 0; index < count; index++) quality.predicted(model, loss, doubtful);
  };
  return { events, quality, read, predict };
}

describe('the quality of predictions', () => {
  it('is known only when labels come back, a little later and for a part of them', () => {
    const { events, read, predict } = judged();
    predict(2_000);
    expect(read().sum('model_labelled_predictions_total')).toBe(0);
    expect(read().sum('model_prediction_confidence_count')).toBe(2_000);
    events.advanceTo(60_000);
    const labelled = read().sum('model_labelled_predictions_total');
    expect(labelled).toBeGreaterThan(160);
    expect(labelled).toBeLessThan(320);
    expect(read().sum('model_labelled_predictions_total', { correct: 'true' }) / labelled).toBeCloseTo(
      0.9,
      1,
    );
  });

  it('has no estimate from a handful of labels', () => {
    const { events, quality, read, predict } = judged();
    predict(100);
    events.advanceTo(60_000);
    quality.tick(['v1']);
    expect(read().has('model_online_accuracy_ratio')).toBe(false);
    predict(2_000);
    events.advanceTo(120_000);
    quality.tick(['v1']);
    expect(read().sum('model_online_accuracy_ratio')).toBeCloseTo(0.9, 1);
  });

  it('follows the last labels, not all there ever were', () => {
    const { events, quality, read, predict } = judged();
    predict(20_000);
    events.advanceTo(60_000);
    predict(12_000, 0.5);
    events.advanceTo(120_000);
    quality.tick(['v1']);
    expect(read().sum('model_online_accuracy_ratio')).toBeLessThan(0.5);
    expect(
      read().sum('model_labelled_predictions_total', { correct: 'true' }) /
        read().sum('model_labelled_predictions_total'),
    ).toBeGreaterThan(0.6);
  });

  it('has no estimate for a version that no longer serves', () => {
    const { events, quality, read, predict } = judged();
    predict(2_000);
    events.advanceTo(60_000);
    quality.tick([]);
    expect(read().has('model_online_accuracy_ratio')).toBe(false);
  });

  it('is less confident where features are missing', () => {
    const mean = (doubtful: number): number => {
      const { read, predict } = judged();
      predict(3_000, 0, doubtful);
      return read().sum('model_prediction_confidence_sum') / read().sum('model_prediction_confidence_count');
    };
    expect(mean(0)).toBeCloseTo(0.7, 1);
    expect(mean(0) - mean(2)).toBeCloseTo(0.14, 1);
  });

  it('keeps versions apart', () => {
    const { events, quality, read, predict } = judged();
    predict(3_000);
    predict(3_000, 0, 0, { ...MODEL, version: 'v2', accuracy: 0.6 });
    events.advanceTo(60_000);
    quality.tick(['v1', 'v2']);
    const accuracy = (version: string) =>
      read().sum('model_online_accuracy_ratio', { model_version: version });
    expect(accuracy('v1') - accuracy('v2')).toBeGreaterThan(0.2);
  });
});
