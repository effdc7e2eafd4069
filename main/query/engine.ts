import { err, ok, type Result } from '../../shared/error/result.ts';
import type {
  ExpressionValue,
  InstantValue,
  QueryError,
  QueryNote,
  RangeWindow,
  Series,
} from '../../shared/model/metric.ts';
import type { MetricReader } from '../store/index.ts';
import { typeText } from './check.ts';
import {
  BYTES_MAX,
  type Context,
  createContext,
  SAMPLES_MAX,
  type SelectSamples,
  type WholeRange,
} from './context.ts';
import { evaluate } from './evaluate.ts';
import type { Compat, Expression, ParsedExpression } from './expression.ts';
import { QueryFailure } from './failure.ts';
import { givenValue } from './given.ts';
import { isMatrix, matrixAnswer, pointsOf } from './matrix.ts';
import { countFromZero } from './new-series.ts';
import { parseExpression } from './parse.ts';
import { LOCAL_SOURCE, planBySource } from './plan.ts';
import type { JoinedParts } from './query-api.ts';
import { LOOK_BACK_MS } from './select.ts';
import { emptyRow, type Grid, hasAny, type Row, type Value } from './vector.ts';

/** As Prometheus' API has it: a chart has no more pixels. */
export const POINTS_MAX = 11_000;

/** What a question may take, and how it is answered. */
export interface EngineOptions {
  /** Milliseconds that never go back; never moving means no deadline. */
  readonly monotonic: () => number;
  readonly timeoutMs: number;
  readonly samplesMax?: number;
  readonly bytesMax?: number;
  /** True once nobody waits for the answer. */
  readonly isCancelled?: () => boolean;
  /** Whose rules hold. Default: Prometheus 3's. */
  readonly compat?: Compat;
  /** A series first seen while its target was already being seen counts from 0 in `increase` and `rate`. */
  readonly countNewSeriesFromZero?: boolean;
  /** Where samples come from instead of the reader. */
  readonly select?: SelectSamples;
  /** The whole range where only a part of it is evaluated. */
  readonly whole?: WholeRange;
  /** What other sources answered for parts of the expression. */
  readonly joined?: JoinedParts;
  /** Told how many samples were read so far. */
  readonly onRead?: (samples: number) => void;
  /** Called with what belongs beside the value. */
  readonly onNotes?: (notes: readonly QueryNote[]) => void;
}

/** A vector or a number: what verdicts are made of. */
export function evaluateInstant(
  reader: MetricReader,
  expression: string,
  at: number,
  options: EngineOptions,
): Result<InstantValue, QueryError> {
  const value = evaluateValue(reader, expression, at, options);
  if (!value.ok) return value;
  const { kind } = value.value;
  if (kind === 'vector' || kind === 'scalar') return ok(value.value);
  return err(
    new QueryFailure(
      'execution',
      `The expression answers a ${typeText(kind)}, and a number or an instant vector is needed. Put a function around it, such as last_over_time().`,
      { from: 0, to: expression.length },
    ).error,
  );
}

/** Whatever the expression answers at one instant, texts and range vectors included. */
export function evaluateValue(
  reader: MetricReader,
  expression: string,
  at: number,
  options: EngineOptions,
): Result<ExpressionValue, QueryError> {
  const { grid, whole } = instantQuestion(at);
  return answer(expression, whole, options, (parsed, notes) => {
    const context = contextOf(reader, grid, options, whole, notes);
    const root = rootOf(parsed, context, options);
    if (isMatrix(root)) return { kind: 'matrix', series: matrixAnswer(context, root) };
    const value = context.evaluate(root);
    if (value.kind === 'string') return { kind: 'string', at, value: value.value };
    if (value.kind === 'scalar') return { kind: 'scalar', at, value: value.values[0] ?? Number.NaN };
    const rows = value.rows.filter(hasAny);
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
  const whole = options.whole ?? window;
  return answer(expression, whole, options, (parsed, notes) => {
    const { grid } = rangeQuestion(window);
    const { steps } = grid;
    if (parsed.type === 'string' || parsed.type === 'matrix')
      throw new QueryFailure(
        'execution',
        `The expression answers a ${typeText(parsed.type)}, and a range needs a number or an instant vector at each step.`,
        parsed.root.position,
      );
    const context = contextOf(reader, grid, options, whole, notes);
    const value = context.evaluate(rootOf(parsed, context, options));
    return rowsOf(value, steps).map((row) => ({ labels: row.labels, ...pointsOf(row, grid) }));
  });
}

/** The instants of a question, and what `start()` and `end()` mean in it. */
export interface Question {
  readonly grid: Grid;
  readonly whole: WholeRange;
}

export function instantQuestion(at: number): Question {
  return { grid: { fromAt: at, stepMs: 1, steps: 1 }, whole: { fromAt: at, toAt: at, stepMs: 0 } };
}

export function rangeQuestion(window: RangeWindow): Question {
  const steps = stepsOf(window);
  return { grid: { fromAt: window.fromAt, stepMs: window.stepMs, steps }, whole: window };
}

/** The expression itself, or what is left of it where other sources answered its parts. */
function rootOf({ root }: ParsedExpression, context: Context, { joined }: EngineOptions): Expression {
  if (!joined) return root;
  const plan = planBySource(root, context, joined);
  if (plan.parts.length !== joined.parts.length)
    throw new Error(`The plan has ${plan.parts.length} parts, and ${joined.parts.length} were answered.`);
  return plan.root;
}

/** How many points the range has; a range that no chart could show is refused. */
export function stepsOf(window: RangeWindow): number {
  const steps = Math.floor((window.toAt - window.fromAt) / window.stepMs) + 1;
  if (!(window.stepMs > 0) || !(steps >= 1))
    throw new QueryFailure('execution', 'The range ends before it begins, or its step is not above zero.');
  if (steps > POINTS_MAX)
    throw new QueryFailure(
      'limit',
      `The range has ${steps} points, more than ${POINTS_MAX}. Nothing was answered; take a longer step.`,
    );
  return steps;
}

function answer<T>(
  expression: string,
  whole: WholeRange,
  options: EngineOptions,
  work: (parsed: ParsedExpression, notes: Map<string, QueryNote>) => T,
): Result<T, QueryError> {
  const parsed = parseExpression(expression, {
    compat: options.compat ?? 3,
    stepMs: whole.stepMs,
    rangeMs: whole.toAt - whole.fromAt,
  });
  if (!parsed.ok) return parsed;
  try {
    const notes = new Map<string, QueryNote>();
    const value = work(parsed.value, notes);
    if (notes.size > 0) options.onNotes?.(Array.from(notes.values()));
    return ok(value);
  } catch (thrown) {
    if (thrown instanceof QueryFailure) return err(thrown.error);
    throw thrown;
  }
}

function contextOf(
  reader: MetricReader,
  grid: Grid,
  options: EngineOptions,
  whole: WholeRange,
  notes: Map<string, QueryNote>,
): Context {
  const deadlineAt = options.monotonic() + options.timeoutMs;
  return createContext({
    select: options.select ?? ((...asked) => reader.select(...asked)),
    rollups: (name) => {
      // A zero that a series was born with lies between two of its samples: no bucket knows it.
      const needsEach = options.countNewSeriesFromZero && (name === 'rate' || name === 'increase');
      return options.select || needsEach ? undefined : (...asked) => reader.rollups(...asked);
    },
    grid,
    whole,
    compat: options.compat ?? 3,
    lookBackMs: LOOK_BACK_MS,
    isExpired: () => options.monotonic() > deadlineAt,
    isCancelled: options.isCancelled ?? (() => false),
    samplesMax: options.samplesMax ?? SAMPLES_MAX,
    bytesMax: options.bytesMax ?? BYTES_MAX,
    notes,
    onRead: options.onRead ?? (() => undefined),
    isLocal: (source) => source === LOCAL_SOURCE || options.joined?.localSources.includes(source) === true,
    given: ({ index, type }, at) => givenValue(options.joined?.parts[index], type, at),
    evaluate,
    adjust: options.countNewSeriesFromZero ? countFromZero(reader) : (_name, series) => series,
  });
}

function rowsOf(value: Value, steps: number): readonly Row[] {
  if (value.kind === 'vector') return value.rows.filter(hasAny);
  const row = emptyRow({}, steps);
  if (value.kind === 'scalar') return [{ ...row, values: value.values, present: row.present.fill(1) }];
  return [];
}
