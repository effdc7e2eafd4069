import type { EventQueue } from './event-queue.ts';
import type { Counter, Histogram } from './metric-registry.ts';
import type { Random } from './random.ts';
import type { RankingMetrics } from './ranking-metrics.ts';
import { FEATURE_COST, LABELS, type ModelSpec } from './topology.ts';

const CONFIDENCE_SPREAD = 0.12;

interface VersionQuality {
  readonly correct: Counter;
  readonly wrong: Counter;
  readonly confidence: Histogram;
  /** The last labels, 1 for correct, oldest overwritten first. */
  readonly recent: Uint8Array;
  labels: number;
}

/** How right the model's answers are: each is right or wrong when given, and for a part of them the label comes back later. */
export class PredictionQuality {
  private readonly versions = new Map<string, VersionQuality>();
  private readonly events: EventQueue;
  private readonly random: Random;
  private readonly metrics: RankingMetrics;

  constructor(events: EventQueue, random: Random, metrics: RankingMetrics) {
    this.events = events;
    this.random = random;
    this.metrics = metrics;
  }

  /** One answer was given; `loss` is what missing and outdated features take from the probability of being right. Answers the confidence. */
  predicted(model: ModelSpec, loss: number, doubtfulFeatures: number): number {
    const quality = this.of(model.version);
    const correct = this.random.chance(Math.max(0.05, model.accuracy - loss));
    const drawn =
      model.confidence -
      doubtfulFeatures * FEATURE_COST.confidence +
      CONFIDENCE_SPREAD * this.random.normal();
    const confidence = Math.min(1, Math.max(0, drawn));
    quality.confidence.observe(confidence);
    if (!this.random.chance(LABELS.share)) return confidence;
    this.events.after(this.random.logNormal(LABELS.delayMedianMs, LABELS.delaySigma), () => {
      (correct ? quality.correct : quality.wrong).add();
      quality.recent[quality.labels % LABELS.estimateOver] = correct ? 1 : 0;
      quality.labels++;
    });
    return confidence;
  }

  /** Brings the estimates up to date for the versions that serve; too few labels are no estimate. */
  tick(serving: readonly string[]): void {
    this.metrics.accuracy.clear();
    for (const version of serving) {
      const quality = this.versions.get(version);
      if (quality === undefined || quality.labels < LABELS.estimateFrom) continue;
      const seen = Math.min(quality.labels, LABELS.estimateOver);
      let right = 0;
      for (let index = 0; index < seen; index++) right += quality.recent[index] ?? 0;
      this.metrics.accuracy.with({ service: 'ranking-model', model_version: version }).set(right / seen);
    }
  }

  private of(version: string): VersionQuality {
    const known = this.versions.get(version);
    if (known !== undefined) return known;
    const labels = { service: 'ranking-model', model_version: version };
    const quality: VersionQuality = {
      correct: this.metrics.labelled.with({ ...labels, correct: 'true' }),
      wrong: this.metrics.labelled.with({ ...labels, correct: 'false' }),
      confidence: this.metrics.confidence.with(labels),
      recent: new Uint8Array(LABELS.estimateOver),
      labels: 0,
    };
    this.versions.set(version, quality);
    return quality;
  }
}
