import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import {
  METRIC_LIMITS,
  type MetricLimits,
  openMetricReader,
  openMetricWriter,
} from '../../main/store/index.ts';

/** Packs at once and in small pieces, so that a test reaches every path with few samples. */
export const SMALL_LIMITS: MetricLimits = {
  ...METRIC_LIMITS,
  packAfterSamples: 1,
  packSamplesMax: 50,
  chunkSamplesMax: 16,
};

/** Real files in a folder of their own, closed and removed after each test. */
export function metricFolder() {
  let clean: (() => void)[] = [];
  afterEach(() => {
    for (const task of clean.reverse()) task();
    clean = [];
  });
  return (limits: MetricLimits = SMALL_LIMITS) => {
    const folder = mkdtempSync(join(tmpdir(), 'midwatch-metrics-'));
    clean.push(() => rmSync(folder, { recursive: true, force: true }));
    const path = join(folder, 'metrics.db');
    const clock = { at: 1_700_000_000_000, now: () => clock.at };
    return {
      folder,
      path,
      clock,
      writer(others: MetricLimits = limits) {
        const writer = openMetricWriter(path, others, clock);
        clean.push(() => writer.close());
        return writer;
      },
      reader(cachedSamplesMax?: number) {
        const reader = openMetricReader(path, cachedSamplesMax);
        clean.push(() => reader.close());
        return reader;
      },
    };
  };
}
