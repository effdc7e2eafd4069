import type { Labels, Series } from '../../shared/model/metric.ts';
import type { Grid } from './signal-grid.ts';

/** A histogram over time: for each bucket and column how much fell into it. */
export interface Heat {
  /** Upper bounds, ascending; the last may be infinite. */
  readonly bounds: Float64Array;
  /** Bucket by bucket, each with all columns; NaN where there is no sample. */
  readonly cells: Float64Array;
  readonly max: number;
  /** How many histograms were added up to one; 1: it is one. */
  readonly groups: number;
}

/**
 * Cumulative buckets (`le`) as what lies between their bounds. Several histograms in the answer are added up.
 * Null where the answer is no histogram: no series carries a bound.
 */
export function heatOf(series: readonly Series[], grid: Grid): Heat | null {
  const buckets = new Map<number, Float64Array>();
  const groups = new Set<string>();
  for (const one of series) {
    const bound = boundOf(one.labels);
    if (bound === undefined) continue;
    groups.add(groupOf(one.labels));
    const column = buckets.get(bound) ?? new Float64Array(grid.slots).fill(Number.NaN);
    buckets.set(bound, column);
    addTo(column, one, grid);
  }
  if (buckets.size === 0) return null;
  const bounds = Float64Array.from(buckets.keys()).sort();
  const cells = new Float64Array(bounds.length * grid.slots);
  let max = 0;
  for (let slot = 0; slot < grid.slots; slot += 1) {
    let below = 0;
    bounds.forEach((bound, index) => {
      const upTo = buckets.get(bound)?.[slot] ?? Number.NaN;
      // A bucket that was read a moment earlier than the one under it may seem to hold less than nothing.
      const inside = Number.isNaN(upTo) ? Number.NaN : Math.max(0, upTo - below);
      cells[index * grid.slots + slot] = inside;
      if (inside > max) max = inside;
      if (!Number.isNaN(upTo)) below = Math.max(below, upTo);
    });
  }
  return { bounds, cells, max, groups: groups.size };
}

function addTo(column: Float64Array, { times, values }: Series, grid: Grid): void {
  let filled = -1;
  for (let i = 0; i < times.length; i += 1) {
    const step = Math.round(((times[i] as number) - grid.fromAt) / grid.stepMs);
    const value = values[i] as number;
    if (step < 0 || step >= grid.steps || !Number.isFinite(value)) continue;
    const first = grid.per === 1 ? step : Math.floor(step / grid.per) * 2;
    // Of several steps in a pixel the first stands for it.
    if (first === filled) continue;
    filled = first;
    for (let slot = first; slot < first + (grid.per === 1 ? 1 : 2); slot += 1) {
      const before = column[slot] as number;
      column[slot] = Number.isNaN(before) ? value : before + value;
    }
  }
}

function boundOf(labels: Labels): number | undefined {
  if (labels.le === undefined) return undefined;
  const bound = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
  return Number.isNaN(bound) ? undefined : bound;
}

function groupOf(labels: Labels): string {
  const rest = Object.entries(labels).filter(([name]) => name !== 'le');
  return JSON.stringify(rest.sort(([a], [b]) => (a < b ? -1 : 1)));
}
