import type { PackedSeries } from './query-api.ts';
import { unpackSeries } from './query-api.ts';
import { emptyRow, type Grid, type Row, type Value } from './vector.ts';

/** What another source answered, as a value at the steps of a grid; points off the grid are left out. */
export function givenValue(packed: PackedSeries | undefined, type: 'scalar' | 'vector', grid: Grid): Value {
  if (!packed) throw new Error('A part of the expression was not answered by its source.');
  const rows = unpackSeries(packed).map(({ labels, times, values }): Row => {
    const row = emptyRow(labels, grid.steps);
    for (let i = 0; i < times.length; i += 1) {
      const step = ((times[i] ?? 0) - grid.fromAt) / grid.stepMs;
      if (!Number.isInteger(step) || step < 0 || step >= grid.steps) continue;
      row.values[step] = values[i] ?? 0;
      row.present[step] = 1;
    }
    return row;
  });
  if (type === 'vector') return { kind: 'vector', rows };
  const numbers = new Float64Array(grid.steps).fill(Number.NaN);
  const [only] = rows;
  only?.present.forEach((is, step) => {
    if (is === 1) numbers[step] = only.values[step] ?? Number.NaN;
  });
  return { kind: 'scalar', values: numbers };
}
