import type { SeriesBlock } from '../../main/store/index.ts';
import type { Labels } from '../../shared/model/metric.ts';

/** Random numbers by seed (mulberry32), so that a failure can be run again. */
export function randomBy(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const STEP_MS = 15_000;
const COUNT = 600;

/**
 * Two and a half hours of a small fleet: counters with resets, gauges with gaps, a histogram. Samples lie 1–400 ms after
 * each 15th second, so that a window that ends at a half second has none on its edge.
 */
export function fleetSamples(startAt: number, random: () => number): SeriesBlock[] {
  const blocks: SeriesBlock[] = [];
  const add = (labels: Labels, valueAt: (i: number) => number, gap?: (i: number) => boolean) => {
    const kept = Array.from({ length: COUNT }, (_, i) => i).filter((i) => !gap?.(i));
    const jitter = 1 + Math.floor(random() * 400);
    const all = Array.from({ length: COUNT }, (_, i) => valueAt(i));
    blocks.push({
      labels,
      times: Float64Array.from(kept, (i) => startAt + i * STEP_MS + jitter),
      values: Float64Array.from(kept, (i) => all[i] ?? 0),
      synthetic: false,
    });
  };
  for (const instance of ['a', 'b', 'c'])
    for (const code of ['200', '404', '500']) {
      let total = 1e6 * (1 + random());
      const resetAt = 100 + Math.floor(random() * 400);
      add({ __name__: 'requests_total', instance, code, job: 'web' }, (i) => {
        // After a restart it counts from well above nothing: the old version treats the way to zero differently.
        total = i === resetAt ? 1e5 : total + Math.floor(random() * (code === '200' ? 1000 : 20));
        return total;
      });
    }
  for (const instance of ['a', 'b', 'c', 'd']) {
    const gapAt = Math.floor(random() * 500);
    add(
      { __name__: 'temperature', instance, job: 'web' },
      (i) => 20 + 10 * Math.sin(i / 30) + random(),
      (i) => i >= gapAt && i < gapAt + 40,
    );
  }
  for (const instance of ['a', 'b']) {
    const counts = [0, 0, 0, 0, 0];
    const bounds = ['0.05', '0.1', '0.5', '1', '+Inf'];
    const rows = Array.from({ length: COUNT }, () => {
      for (let n = Math.floor(random() * 50); n > 0; n -= 1) {
        const latency = random() ** 3 * 1.3;
        bounds.forEach((bound, k) => {
          if (bound === '+Inf' || latency <= Number(bound)) counts[k] = (counts[k] ?? 0) + 1;
        });
      }
      return counts.map((count) => count + 1e5);
    });
    bounds.forEach((le, k) => {
      add({ __name__: 'latency_seconds_bucket', instance, le, job: 'web' }, (i) => rows[i]?.[k] ?? 0);
    });
  }
  add({ __name__: 'build_info', instance: 'a', version: 'v1', job: 'web' }, () => 1);
  return blocks;
}

/** As `promtool` reads it back. */
export function toOpenMetrics(blocks: readonly SeriesBlock[]): string {
  const lines = blocks.flatMap(({ labels, times, values }) => {
    const { __name__: name, ...rest } = labels;
    const text = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    return Array.from(times, (at, i) => `${name}{${text.join(',')}} ${values[i]} ${at / 1000}`);
  });
  return `${lines.join('\n')}\n# EOF\n`;
}
