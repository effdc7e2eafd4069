import type { SentSeries } from './remote-write.ts';

const STEP_MS = 15_000;
const COUNT = 480;

/** How long the samples last. */
export const SERIES_MS = STEP_MS * COUNT;

type Sample = readonly [value: number | 'stale', at: number];

/**
 * Two hours of counters that are reset, gauges with gaps, ends and returns (by markers of staleness and without), values
 * that are no numbers, and histograms whose buckets race. Some samples lie exactly on the quarter minute, where windows end.
 */
export function randomSeries(startAt: number, random: () => number): SentSeries[] {
  const all: SentSeries[] = [];
  const add = (name: string, labels: Readonly<Record<string, string>>, samples: readonly Sample[]) => {
    const sorted = Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1));
    all.push({ labels: sorted, samples });
  };
  const times = () => {
    const jitter = random() < 0.5 ? 0 : Math.floor(random() * 9_000);
    const isRough = random() < 0.2;
    return Array.from({ length: COUNT }, (_, i) => {
      const rough = isRough ? Math.floor(random() * 5_000) : 0;
      return startAt + i * STEP_MS + jitter + rough;
    });
  };
  /** Takes samples away, and marks some of the holes as ends. */
  const holed = (samples: Sample[]): Sample[] => {
    let kept: Sample[] = samples;
    for (let holes = Math.floor(random() * 4); holes > 0; holes -= 1) {
      const from = Math.floor(random() * kept.length);
      const count = 1 + Math.floor(random() * 60);
      const before = kept.slice(0, from);
      const [first] = kept.slice(from, from + 1);
      const marker: Sample[] = first && random() < 0.5 ? [['stale', first[1]]] : [];
      kept = [...before, ...marker, ...kept.slice(from + count)];
    }
    return kept;
  };
  const counter = () => {
    let total = random() < 0.5 ? 0 : Math.floor(random() * 1e6);
    const pace = 1 + Math.floor(random() * 100);
    return times().map((at): Sample => {
      total = random() < 0.006 ? 0 : total + Math.floor(random() * pace);
      return [total, at];
    });
  };
  const gauge = (level: number) => {
    let value = level;
    return times().map((at): Sample => {
      value += (random() - 0.5) * 3;
      return [Number(value.toFixed(3)), at];
    });
  };
  for (const instance of ['a', 'b', 'c'])
    for (const job of ['web', 'api']) {
      const zone = random() < 0.7 ? { zone: instance === 'a' ? 'x' : 'z' } : {};
      add('hits_total', { instance, job, ...zone }, holed(counter()));
      add('misses_total', { instance, job, ...zone }, holed(counter()));
      add('heat', { instance, job, ...zone }, holed(gauge(20)));
      add('load', { instance, job, ...zone }, holed(gauge(0)));
    }
  const special = () =>
    [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -1][Math.floor(random() * 5)] ?? 0;
  for (const instance of ['a', 'b'])
    add(
      'odd',
      { instance, job: 'web' },
      gauge(5).map(([value, at]): Sample => [random() < 0.1 ? special() : value, at]),
    );
  add('brief', { instance: 'a', job: 'web', version: 'v1' }, gauge(1).slice(100, 130));
  add('brief', { instance: 'a', job: 'web', version: 'v2' }, gauge(2).slice(125, 200));
  for (const instance of ['a', 'b']) addHistogram(add, instance, times(), random);
  return all;
}

function addHistogram(
  add: (name: string, labels: Readonly<Record<string, string>>, samples: readonly Sample[]) => void,
  instance: string,
  times: readonly number[],
  random: () => number,
): void {
  const bounds = ['0.05', '0.1', '0.5', '1', '+Inf'];
  const counts = bounds.map(() => 0);
  const rows = times.map(() => {
    if (random() < 0.004) counts.fill(0);
    for (let n = Math.floor(random() * 30); n > 0; n -= 1) {
      const latency = random() ** 3 * 1.3;
      bounds.forEach((bound, k) => {
        if (bound === '+Inf' || latency <= Number(bound)) counts[k] = (counts[k] ?? 0) + 1;
      });
    }
    return [...counts];
  });
  bounds.forEach((le, k) => {
    add(
      'latency_bucket',
      { instance, le, job: 'web' },
      times.map((at, i): Sample => [rows[i]?.[k] ?? 0, at]),
    );
  });
}
