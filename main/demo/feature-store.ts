import type { Counter, Histogram } from './metric-registry.ts';
import { CommonMetrics, type ProcessParts, type ReplyCode, round } from './service-process.ts';
import { FEATURES, UNIT_BUCKETS } from './topology.ts';
import { UpstreamService } from './upstream-service.ts';

class FeatureMetrics extends CommonMetrics {
  readonly reads = this.registry.counter(
    'feature_reads_total',
    'Feature reads, by whether the online store held a value.',
  );
  readonly nulls = this.registry.gauge(
    'feature_null_ratio',
    'Share of the reads of the last 10 s that found no value.',
  );
  readonly values = this.registry.histogram(
    'feature_value',
    'Values served, scaled as the model sees them.',
    UNIT_BUCKETS,
  );
}

/** What reading a user's features gave: which were not there, and how many were outdated. */
export interface FeatureReading {
  readonly missing: readonly string[];
  readonly outdated: number;
}

interface FeatureUse {
  readonly hit: Counter;
  readonly miss: Counter;
  readonly values: Histogram;
  /** Reads and misses so far at each of the last ticks. */
  readonly ticks: { readonly reads: number; readonly misses: number }[];
}

const NULL_WINDOW_TICKS = 10;
/** Entries outlive the end of the refreshing by this long in the mean, after which they expire and read as null. */
const EXPIRY_MEAN_MS = 8_000;
/** How far a value that is no longer refreshed has moved from the truth, in spreads. */
const OUTDATED_DRIFT = 0.9;

/** The online feature store. While features are not refreshed its entries expire and what remains is outdated. */
export class FeatureStore extends UpstreamService<FeatureMetrics> {
  private readonly used = new Map<string, FeatureUse>();

  constructor(parts: ProcessParts) {
    super('feature-store', parts, () => new FeatureMetrics());
  }

  readFeatures(
    names: readonly string[],
    deadlineAt: number,
    answer: (code: ReplyCode, reading: FeatureReading) => void,
  ): void {
    this.handle(1, deadlineAt, (code) => {
      if (code === 200) answer(code, this.look(names));
      else answer(code, { missing: [], outdated: 0 });
    });
  }

  override tick(): void {
    super.tick();
    this.metrics.nulls.clear();
    for (const [feature, { hit, miss, ticks }] of this.used) {
      const now = { reads: hit.value + miss.value, misses: miss.value };
      const oldest = ticks[0] ?? { reads: 0, misses: 0 };
      const reads = now.reads - oldest.reads;
      ticks.push(now);
      if (ticks.length > NULL_WINDOW_TICKS) ticks.shift();
      // A feature nobody reads any more has no ratio, rather than the last one for ever.
      if (reads > 0)
        this.metrics.nulls
          .with({ service: this.name, feature })
          .set(round((now.misses - oldest.misses) / reads, 5));
    }
  }

  protected override renewMetrics(): void {
    super.renewMetrics();
    this.used.clear();
  }

  private look(names: readonly string[]): FeatureReading {
    const missing: string[] = [];
    let outdated = 0;
    const { stale } = this.conditions;
    const expired =
      stale === null
        ? 0
        : stale.expiredShare * (1 - Math.exp(-(this.events.now - stale.sinceAt) / EXPIRY_MEAN_MS));
    for (const { name, mean, spread, onlineShare } of FEATURES) {
      if (!names.includes(name)) continue;
      const use = this.useOf(name);
      if (!this.random.chance(onlineShare * (1 - expired))) {
        use.miss.add();
        missing.push(name);
        continue;
      }
      use.hit.add();
      const drift = stale === null ? 0 : OUTDATED_DRIFT * spread;
      if (stale !== null) outdated++;
      use.values.observe(Math.min(1, Math.max(0, mean + drift + spread * this.random.normal())));
    }
    return { missing, outdated };
  }

  private useOf(feature: string): FeatureUse {
    const known = this.used.get(feature);
    if (known !== undefined) return known;
    const labels = { service: this.name, feature };
    const use: FeatureUse = {
      hit: this.metrics.reads.with({ ...labels, result: 'hit' }),
      miss: this.metrics.reads.with({ ...labels, result: 'miss' }),
      values: this.metrics.values.with(labels),
      ticks: [],
    };
    this.used.set(feature, use);
    return use;
  }
}
