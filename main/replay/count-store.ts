import type { Objective } from '../../shared/model/objective.ts';
import { selectionsOf } from '../query/index.ts';
import { emptyColumn, type PastColumn, type PastGrid, selectorsOf } from '../slo/index.ts';
import type { Matcher, MetricReader } from '../store/index.ts';
import { addIncreases, type CounterSamples, counterSamples } from './increase-column.ts';

/**
 * Counts an objective over plain counter selectors from the store: each series is read once, and every window slid over
 * it. Null where the objective counts otherwise: then it has to be asked for.
 */
export function countFromStore(
  objective: Objective,
  windowsMs: readonly number[],
  reader: MetricReader,
  grid: PastGrid,
): ReadonlyMap<number, PastColumn> | null {
  const selectors = selectorsOf(objective);
  const [part] = selectors ? selectionsOf(selectors.part) : [];
  const [total] = selectors ? selectionsOf(selectors.total) : [];
  if (!selectors || !part || !total) return null;
  const longest = Math.max(...windowsMs);
  const toAt = grid.fromAt + (grid.steps - 1) * grid.stepMs;
  const read = (all: readonly Matcher[]) =>
    reader
      .select([...all], grid.fromAt - longest, toAt, { samplesMax: Number.POSITIVE_INFINITY })
      .map(counterSamples);
  const [parts, totals] = [read(part), read(total)];
  return new Map(
    windowsMs.map((windowMs) => [windowMs, columnOf(parts, totals, selectors.partIs, windowMs, grid)]),
  );
}

function columnOf(
  parts: readonly CounterSamples[],
  totals: readonly CounterSamples[],
  partIs: 'good' | 'bad',
  windowMs: number,
  grid: PastGrid,
): PastColumn {
  const column = emptyColumn(grid.steps);
  const aside = emptyColumn(grid.steps);
  const { bad, total, known, seen } = column;
  for (const one of parts) addIncreases(one, windowMs, grid, bad, aside.known, aside.seen);
  for (const one of totals) addIncreases(one, windowMs, grid, total, known, seen);
  for (let step = 0; step < grid.steps; step += 1) {
    const events = total[step] as number;
    const counted = partIs === 'bad' ? (bad[step] as number) : events - (bad[step] as number);
    bad[step] = Math.min(events, Math.max(0, counted));
  }
  return column;
}
