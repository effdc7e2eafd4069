import { err, ok, type Result } from '../../shared/error/result.ts';
import type { InstantValue, Labels, QueryError, RangeWindow, Series } from '../../shared/model/metric.ts';
import type { MetricReader } from '../store/index.ts';
import { createContext, SAMPLES_MAX } from './context.ts';
import { evaluate } from './evaluate.ts';
import type { ParsedExpression } from './expression.ts';
import { QueryFailure, unsupported } from './failure.ts';
import { countFromZero } from './new-series.ts';
import { parseExpression } from './parse.ts';
import { emptyRow, type Grid, hasAny, type Row, type Value } from './vector.ts';

/** As Prometheus' API has it: a chart has no more pixels. */
export const POINTS_MAX = 11_000;

/** What a question may take, and how it is answered. */
export interface EngineOptions {
  /** Milliseconds that never go back; never moving means no deadline. */
  readonly monotonic: () => number;
  readonly timeoutMs: number;
  readonly samplesMax?: number;
  /** A series first seen while its target was already being seen counts from 0 in `increase` and `rate`. */
  readonly countNewSeriesFromZero?: boolean;
}

export function evaluateInstant(
  reader: MetricReader,
  expression: string,
  at: number,
  options: EngineOptions,
): Result<InstantValue, QueryError> {
  return answer(expression, (parsed) => {
    const value = run(reader, parsed, { fromAt: at, stepMs: 1, steps: 1 }, options);
    if (value.kind === 'scalar') return { kind: 'scalar', at, value: value.values[0] ?? Number.NaN };
    const rows = value.kind === 'vector' ? value.rows.filter(hasAny) : [];
    return {
      kind: 'vector',
      samples: rows.map((row) => ({ labels: row.labels, at, value: row.values[0] ?? Number.NaN })),
    };
  });
}

export function evaluateRange(
  reader: MetricReader,
  expression: string,
  window: RangeWindow,
  options: EngineOptions,
): Result<readonly Series[], QueryError> {
  return answer(expression, (parsed) => {
    const steps = Math.floor((window.toAt - window.fromAt) / window.stepMs) + 1;
    if (!(window.stepMs > 0) || !(steps >= 1))
      throw new QueryFailure('execution', 'The range ends before it begins, or its step is not above zero.');
    if (steps > POINTS_MAX)
      throw new QueryFailure(
        'limit',
        `The range has ${steps} points, more than ${POINTS_MAX}. Nothing was answered; take a longer step.`,
      );
    const grid = { fromAt: window.fromAt, stepMs: window.stepMs, steps };
    const value = run(reader, parsed, grid, options);
    return rowsOf(value, steps).map((row) => seriesOf(row, grid));
  });
}

function answer<T>(expression: string, work: (parsed: ParsedExpression) => T): Result<T, QueryError> {
  const parsed = parseExpression(expression);
  if (!parsed.ok) return parsed;
  try {
    return ok(work(parsed.value));
  } catch (thrown) {
    if (thrown instanceof QueryFailure) return err(thrown.error);
    throw thrown;
  }
}

function run(reader: MetricReader, parsed: ParsedExpression, grid: Grid, options: EngineOptions): Value {
  if (parsed.type === 'string') throw unsupported('A text as the answer', parsed.root.position);
  const deadlineAt = options.monotonic() + options.timeoutMs;
  const context = createContext({
    reader,
    grid,
    isExpired: () => options.monotonic() > deadlineAt,
    samplesMax: options.samplesMax ?? SAMPLES_MAX,
    adjust: options.countNewSeriesFromZero ? countFromZero(reader) : (_name, series) => series,
  });
  return evaluate(context, parsed.root);
}

function rowsOf(value: Value, steps: number): readonly Row[] {
  if (value.kind === 'vector') return value.rows.filter(hasAny);
  const row = emptyRow({}, steps);
  if (value.kind === 'scalar') return [{ ...row, values: value.values, present: row.present.fill(1) }];
  return [];
}

function seriesOf(row: Row, grid: Grid): { labels: Labels; times: Float64Array; values: Float64Array } {
  let count = 0;
  const times = new Float64Array(grid.steps);
  const values = new Float64Array(grid.steps);
  for (let step = 0; step < grid.steps; step += 1) {
    if (row.present[step] !== 1) continue;
    times[count] = grid.fromAt + step * grid.stepMs;
    values[count] = row.values[step] ?? 0;
    count += 1;
  }
  return { labels: row.labels, times: times.slice(0, count), values: values.slice(0, count) };
}
