import { ok, type Result } from '../../shared/error/result.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import { askPast, type CountProblem, type PastColumn } from '../slo/index.ts';
import type { MetricReader } from '../store/index.ts';
import { countFromStore } from './count-store.ts';

/** Where an objective's counts come from: the source, and its samples themselves where they are at hand. */
export interface CountSource {
  readonly target: QueryTarget;
  readonly reader: MetricReader | null;
}

/** A whole period is counted in parts of this length, so that it lags the present by no more, and never knows the future. */
const PART_MS = 10 * MINUTE_MS;
/** A source answers at most 11 000 points a query. */
const PARTS_A_QUERY = 5_000;

/** Events of one stretch of time. */
export interface PeriodCount {
  readonly bad: number;
  readonly total: number;
  /** The share of its parts that had data. */
  readonly seen: number;
}

/** Running sums over parts of equal length, of which any stretch is the difference of two. */
export class PeriodCounts {
  private readonly fromPart: number;
  private readonly bad: number[] = [0];
  private readonly total: number[] = [0];
  private readonly known: number[] = [0];

  constructor(fromPart: number) {
    this.fromPart = fromPart;
  }

  add(column: PastColumn, steps: number): void {
    for (let step = 0; step < steps; step += 1) {
      this.bad.push((this.bad.at(-1) ?? 0) + (column.bad[step] ?? 0));
      this.total.push((this.total.at(-1) ?? 0) + (column.total[step] ?? 0));
      this.known.push((this.known.at(-1) ?? 0) + (column.known[step] ?? 0));
    }
  }

  /** The parts that ended within (fromAt, toAt]; null where none of them had data. */
  count(fromAt: number, toAt: number): PeriodCount | null {
    const place = (at: number) =>
      Math.min(this.bad.length - 1, Math.max(0, Math.floor(at / PART_MS) - this.fromPart));
    const [from, to] = [place(fromAt), place(toAt)];
    const between = (sums: readonly number[]) => (sums[to] ?? 0) - (sums[from] ?? 0);
    const known = between(this.known);
    const parts = Math.max(1, Math.floor(toAt / PART_MS) - Math.floor(fromAt / PART_MS));
    return known === 0
      ? null
      : { bad: between(this.bad), total: between(this.total), seen: Math.min(1, known / parts) };
  }
}

/** Counts an objective over a stretch part by part, from its samples or by asking its source. */
export async function countPeriod(
  objective: Objective,
  fromAt: number,
  toAt: number,
  { target, reader }: CountSource,
): Promise<Result<PeriodCounts, CountProblem>> {
  const fromPart = Math.floor(fromAt / PART_MS);
  const toPart = Math.floor(toAt / PART_MS);
  const counts = new PeriodCounts(fromPart);
  const asking = { target, timeoutMs: 0, limit: <T>(task: () => Promise<T>) => task() };
  for (let part = fromPart + 1; part <= toPart; part += PARTS_A_QUERY) {
    const steps = Math.min(PARTS_A_QUERY, toPart - part + 1);
    const grid = { fromAt: part * PART_MS, stepMs: PART_MS, steps };
    const stored = reader && countFromStore(objective, [PART_MS], reader, grid);
    const asked = stored ? ok(stored) : await askPast(objective, [PART_MS], asking, grid);
    if (!asked.ok) return asked;
    const column = asked.value.get(PART_MS);
    if (column) counts.add(column, steps);
  }
  return ok(counts);
}
