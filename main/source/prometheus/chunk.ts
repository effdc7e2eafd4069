import type { Labels, RangeWindow, Series } from '../../../shared/model/metric.ts';

/**
 * Points a series that Prometheus gives in one answer; more is an error there.
 * Source: https://github.com/prometheus/prometheus/blob/main/web/api/v1/api.go (queryRange)
 */
export const POINTS_MAX = 11_000;

/** How many points each series of the window has at most. */
export function pointsOf(window: RangeWindow): number {
  return Math.floor((window.toAt - window.fromAt) / window.stepMs) + 1;
}

/** Cuts a window into ones of at most so many points, on the same grid, none twice. */
export function chunkWindow(window: RangeWindow, pointsMax = POINTS_MAX): RangeWindow[] {
  const points = pointsOf(window);
  const chunks: RangeWindow[] = [];
  for (let first = 0; first < points; first += pointsMax) {
    const last = Math.min(points, first + pointsMax) - 1;
    chunks.push({
      fromAt: window.fromAt + first * window.stepMs,
      toAt: window.fromAt + last * window.stepMs,
      stepMs: window.stepMs,
    });
  }
  return chunks;
}

/** Puts the answers of consecutive windows together, one entry a series, in the order first seen. */
export function joinChunks(chunks: readonly (readonly Series[])[]): Series[] {
  if (chunks.length === 1) return [...(chunks[0] ?? [])];
  const parts = new Map<string, Series[]>();
  for (const chunk of chunks) {
    for (const series of chunk) {
      const key = labelKey(series.labels);
      const known = parts.get(key);
      if (known) known.push(series);
      else parts.set(key, [series]);
    }
  }
  return [...parts.values()].map(joinSeries);
}

function joinSeries(parts: readonly Series[]): Series {
  const total = parts.reduce((sum, part) => sum + part.times.length, 0);
  const times = new Float64Array(total);
  const values = new Float64Array(total);
  let offset = 0;
  for (const part of parts) {
    times.set(part.times, offset);
    values.set(part.values, offset);
    offset += part.times.length;
  }
  return { labels: parts[0]?.labels ?? {}, times, values };
}

/** The same labels in any order give the same key. */
function labelKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
