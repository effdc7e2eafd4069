import {
  createSeriesIndex,
  METRIC_LIMITS,
  type MetricLimits,
  type MetricReader,
  type MetricWriterApi,
  type PastChange,
  refusalOf,
  type SampleBatch,
  type SeriesBlock,
  type SeriesBringer,
  seriesKey,
} from '../../main/store/index.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { Labels } from '../../shared/model/metric.ts';
import { plainRollup } from './memory-rollup.ts';

interface MemorySeries {
  readonly ref: number;
  readonly labels: Labels;
  readonly sourceId: string;
  readonly samples: { at: number; value: number; stale: boolean; synthetic: boolean }[];
}

/** The whole metric store in memory, writer and reader: what a test writes is seen at once. */
export interface MemorySamples {
  readonly writer: MetricWriterApi;
  readonly reader: MetricReader;
}

/** A full implementation by the plainest means; the real one must answer the same. */
export function createMemorySamples(limits: MetricLimits = METRIC_LIMITS): MemorySamples {
  const byKey = new Map<string, MemorySeries>();
  const byRef = new Map<number, MemorySeries>();
  const index = createSeriesIndex();

  const past: PastChange[] = [];
  const droppedTo = new Map<number, number>();
  const countOf = new Map<string, number>();
  const register = (labels: readonly Labels[], by?: SeriesBringer) => {
    const refused: { labels: Labels; reason: string }[] = [];
    const refs = Uint32Array.from(labels, (one) => {
      const known = byKey.get(seriesKey(one));
      if (known) return known.ref;
      const count = by ? (countOf.get(by.sourceId) ?? 0) : 0;
      const full =
        by && count >= 4 * by.seriesMax
          ? `${by.sourceId} has ${count} series in the local store, 4 times its series_limit (${by.seriesMax}).`
          : byKey.size >= limits.seriesMax
            ? `The local store is full: it keeps ${limits.seriesMax} series.`
            : undefined;
      const reason = refusalOf(one) ?? full;
      if (reason) {
        refused.push({ labels: one, reason });
        return 0;
      }
      const present = Object.fromEntries(Object.entries(one).filter(([, value]) => value !== ''));
      const series: MemorySeries = {
        ref: byKey.size + 1,
        labels: present,
        sourceId: by?.sourceId ?? '',
        samples: [],
      };
      byKey.set(seriesKey(one), series);
      if (by) countOf.set(by.sourceId, count + 1);
      byRef.set(series.ref, series);
      index.add(series);
      return series.ref;
    });
    return { refs, refused };
  };
  const append = (batch: SampleBatch, stale: boolean) => {
    const counts = { accepted: 0, duplicates: 0, outOfOrder: 0, unknown: 0 };
    batch.refs.forEach((ref, i) => {
      const series = byRef.get(ref);
      const newest = series?.samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
      if (!series) counts.unknown += 1;
      else if (newest === batch.at) counts.duplicates += 1;
      else if (newest > batch.at) counts.outOfOrder += 1;
      else {
        counts.accepted += 1;
        series.samples.push({ at: batch.at, value: batch.values[i] ?? 0, stale, synthetic: false });
      }
    });
    return counts;
  };
  const backfill = (blocks: readonly SeriesBlock[]) => {
    const { refs, refused } = register(blocks.map((block) => block.labels));
    blocks.forEach(({ times }, i) => {
      past.push({ ref: refs[i] ?? 0, came: true, fromAt: times[0] ?? 0, toAt: times.at(-1) ?? 0 });
    });
    let samples = 0;
    blocks.forEach((block, i) => {
      const series = byRef.get(refs[i] ?? 0);
      const taken = new Set(series?.samples.map((sample) => sample.at));
      block.times.forEach((at, k) => {
        if (!series || taken.has(at)) return;
        series.samples.push({ at, value: block.values[k] ?? 0, stale: false, synthetic: block.synthetic });
        samples += 1;
      });
      series?.samples.sort((a, b) => a.at - b.at);
    });
    return { samples, refused };
  };

  const all = () => Array.from(byRef.values(), (series) => series.samples).flat();
  return {
    writer: {
      register,
      append: (batch) => append(batch, false),
      backfill,
      markStale: (refs, at) =>
        void append({ at, refs, values: new Float64Array(refs.length).fill(Number.NaN) }, true),
      aliveAtOpening(sourceId, sinceAt) {
        const alive = [...byRef.values()].flatMap(({ ref, sourceId: by, samples }) => {
          const at = samples.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
          return by === sourceId && at > sinceAt ? [{ ref, at }] : [];
        });
        return {
          refs: Uint32Array.from(alive, ({ ref }) => ref),
          times: Float64Array.from(alive, ({ at }) => at),
        };
      },
      compact(now) {
        let dropped = 0;
        for (const { ref, samples } of byRef.values()) {
          const before = samples.length;
          const kept = samples.filter(
            ({ at, synthetic }) =>
              at >= now - (synthetic ? limits.syntheticRetentionMs : limits.liveRetentionMs),
          );
          const gone = new Set(kept);
          for (const { at } of samples.filter((one) => !gone.has(one))) {
            past.push({ ref, came: false, fromAt: at, toAt: at });
            droppedTo.set(ref, at);
          }
          samples.splice(0, before, ...kept);
          dropped += before - kept.length;
        }
        return { packed: 0, dropped, more: false };
      },
      stats() {
        const times = all().map((sample) => sample.at);
        return {
          series: byRef.size,
          samples: times.length,
          bytes: times.length * 16,
          oldestAt: times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)),
          newestAt: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
          notice: null,
        };
      },
      // Rollups are made when they are asked for, so whether something is named changes nothing.
      nameSeries: () => ({ named: 0 }),
      sizes: () => ({
        bytes: all().length * 16,
        bytesMax: limits.bytesMax,
        rawBytes: all().length * 16,
        rollupBytes: 0,
        waitingBytes: 0,
        rawBytesPerDay: null,
        rollupBytesPerDay: null,
        measuredOverMs: 0,
        fullAt: null,
      }),
      close: () => undefined,
    },
    reader: {
      select(matchers, fromAt, toAt, options = {}) {
        let budget = options.samplesMax ?? Number.POSITIVE_INFINITY;
        return index.find(matchers).flatMap(({ ref, labels }) => {
          options.check?.();
          const samples = byRef.get(ref)?.samples ?? [];
          const inside = samples.slice(
            placeAfter(samples, options.fromAtOf?.(ref) ?? fromAt),
            placeAfter(samples, toAt),
          );
          budget -= inside.length;
          if (budget < 0)
            throw new CodedError('too-many-samples', 'The question needs more samples than one may take.');
          if (inside.length === 0) return [];
          return {
            ref,
            labels,
            times: Float64Array.from(inside, (sample) => sample.at),
            values: Float64Array.from(inside, (sample) => sample.value),
            stale: Uint32Array.from(inside.flatMap((sample, i) => (sample.stale ? [i] : []))),
            // What was dropped came before: the oldest that is left is no birth.
            firstAt: Math.min(samples[0]?.at ?? 0, droppedTo.get(ref) ?? Number.POSITIVE_INFINITY),
          };
        });
      },
      rollups: (matchers, fromAt, toAt, widthMs) =>
        index.find(matchers).flatMap(({ ref, labels }) => {
          const rollup = plainRollup(byRef.get(ref)?.samples ?? [], fromAt, toAt, widthMs);
          return rollup.ends.length === 0
            ? []
            : [{ ref, labels, ...rollup, completeTo: Number.NEGATIVE_INFINITY }];
        }),
      pastChanges: (afterId) => ({ lastId: past.length, changes: past.slice(afterId) }),
      labelSets: (matchers) =>
        (matchers.length === 0 ? index.all() : index.find(matchers)).map(({ labels }) => labels),
      close: () => undefined,
    },
  };
}

/** The place of the first sample that is later: a scenario asks thousands of times, and mostly for the newest. */
function placeAfter(samples: readonly { readonly at: number }[], at: number): number {
  let [from, to] = [0, samples.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((samples[middle]?.at ?? 0) > at) to = middle;
    else from = middle + 1;
  }
  return from;
}
