import { CodedError } from '../../shared/error/coded.ts';
import type { QueryNote } from '../../shared/model/metric.ts';
import type { Matcher, MetricReader, RollupWidth, SeriesRollup, StoredSeries } from '../store/index.ts';
import type { Compat, Expression, GivenExpression, RangeExpression, Selector, Shift } from './expression.ts';
import { type Position, QueryFailure } from './failure.ts';
import type { Grid, Row, Value } from './vector.ts';

/** More samples in memory for one question would fill the laptop's. Source: Prometheus' `--query.max-samples`. */
export const SAMPLES_MAX = 50_000_000;
/** What one question may hold at once: samples, and rows on the way to its answer. */
export const BYTES_MAX = 1_500_000_000;
/** A person reads a few; a hostile metric name must not make thousands. */
const NOTES_MAX = 20;
const NOTE_LENGTH_MAX = 300;
const BYTES_PER_SAMPLE = 16;
/** Eleven columns. */
const BYTES_PER_BUCKET = 88;
/** Some milliseconds of work on the slowest function. */
const WORK_BETWEEN_LOOKS = 50_000;

/** A series without stale markers. */
export type PlainSeries = Pick<StoredSeries, 'labels' | 'times' | 'values' | 'firstAt'>;

/** The whole range of the question, which `start()` and `end()` mean wherever they stand. */
export interface WholeRange {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
}

/** What all parts of one evaluation share, and the grid of the part that is evaluated. */
export interface Context {
  readonly grid: Grid;
  readonly whole: WholeRange;
  readonly compat: Compat;
  /** How far back an instant selector looks for a sample. */
  readonly lookBackMs: number;
  /** The same evaluation over another grid, as a subquery's. */
  over(grid: Grid): Context;
  evaluate(expression: Expression): Value;
  /** The rows of an instant vector, the numbers of a scalar, and a text, each checked for when the expression was read. */
  rows(expression: Expression): readonly Row[];
  numbers(expression: Expression): Float64Array;
  text(expression: Expression): string;
  /** Throws once the time is up or nobody waits any more. */
  check(): void;
  /** Counts values that are looked at or made, and looks at the time after each so many: no loop outlives its deadline by much. */
  work(values: number): void;
  /** Counts memory that is held from here on; `mark` and `release` bracket what is held for a while. */
  hold(bytes: number, position: Position): void;
  mark(): number;
  release(mark: number): void;
  note(severity: QueryNote['severity'], message: string, position: Position): void;
  /** What another source answered for this part. */
  given(part: GivenExpression): Value;
  select(selector: Selector, fromAt: number, toAt: number): readonly StoredSeries[];
  /** Whether there are buckets that the function could be answered from. */
  hasRollups(functionName: string): boolean;
  /** The buckets from an instant on to the last that the steps look at; undefined where only raw samples are to be had. */
  rollups(
    selector: Selector,
    functionName: string,
    fromAt: number,
    width: RollupWidth,
  ): readonly SeriesRollup[] | undefined;
  /** Where a series that is new counts from 0: gives it the zero that it was born with. Otherwise as it is. */
  adjust(functionName: string, series: PlainSeries, range: RangeExpression): PlainSeries;
}

/** Samples of a selector, from wherever they are. */
export type SelectSamples = (
  matchers: readonly Matcher[],
  fromAt: number,
  toAt: number,
  options: { readonly samplesMax: number; readonly check: () => void },
) => readonly StoredSeries[];

/** Buckets of a selector; undefined where a function's answer cannot be made of them. */
export type SelectRollups = (
  functionName: string,
) => ((...asked: Parameters<MetricReader['rollups']>) => readonly SeriesRollup[]) | undefined;

export interface ContextOptions {
  readonly select: SelectSamples;
  readonly rollups: SelectRollups;
  readonly grid: Grid;
  readonly whole: WholeRange;
  readonly compat: Compat;
  readonly lookBackMs: number;
  readonly isExpired: () => boolean;
  readonly isCancelled: () => boolean;
  readonly samplesMax: number;
  readonly bytesMax: number;
  readonly notes: Map<string, QueryNote>;
  /** Told how many samples were read so far. */
  readonly onRead: (samples: number) => void;
  /** Whether a source's series are stored here. */
  readonly isLocal: (source: string) => boolean;
  /** What another source answered for a part, at the steps of a grid. */
  readonly given: (part: GivenExpression, grid: Grid) => Value;
  readonly evaluate: (context: Context, expression: Expression) => Value;
  readonly adjust: (functionName: string, series: PlainSeries, range: RangeExpression) => PlainSeries;
}

export function createContext(options: ContextOptions): Context {
  const { bytesMax } = options;
  let held = 0;
  const { check, work } = createWatch(options);
  const shared = {
    whole: options.whole,
    compat: options.compat,
    lookBackMs: options.lookBackMs,
    check,
    work,
    hold(bytes: number, position: Position) {
      held += bytes;
      if (held > bytesMax) throw tooLarge(bytesMax, position);
    },
    mark: () => held,
    release(mark: number) {
      held = mark;
    },
    note(severity: QueryNote['severity'], message: string, position: Position) {
      const key = `${position.from}:${message}`;
      if (options.notes.size >= NOTES_MAX || options.notes.has(key)) return;
      options.notes.set(key, { severity, message: message.slice(0, NOTE_LENGTH_MAX), position });
    },
    adjust: options.adjust,
  };
  const reading = createReading(options, shared);
  const over = (grid: Grid): Context => {
    const context: Context = {
      ...shared,
      grid,
      over,
      evaluate: (expression) => options.evaluate(context, expression),
      given: (part) => options.given(part, grid),
      select: reading.select,
      hasRollups: (name) => options.rollups(name) !== undefined,
      rollups: (...asked) => reading.rollups(grid, ...asked),
      rows: (expression) => rowsOf(context.evaluate(expression)),
      numbers(expression) {
        const value = context.evaluate(expression);
        return value.kind === 'scalar' ? value.values : unexpected(value, 'number');
      },
      text(expression) {
        const value = context.evaluate(expression);
        return value.kind === 'string' ? value.value : unexpected(value, 'text');
      },
    };
    return context;
  };
  return over(options.grid);
}

/** Reads what is stored, and counts all that one question has read. */
function createReading(options: ContextOptions, { check, hold }: Pick<Context, 'check' | 'hold'>) {
  const { samplesMax } = options;
  let samples = 0;
  const take = (count: number, bytes: number, position: Position) => {
    samples += count;
    options.onRead(samples);
    hold(bytes, position);
  };
  const reading = <Found>({ source, position }: Selector, read: () => Found): Found => {
    check();
    if (source !== null && !options.isLocal(source)) throw notHere(source, position);
    try {
      return read();
    } catch (thrown) {
      if (!(thrown instanceof CodedError)) throw thrown;
      if (thrown.code === 'too-many-samples') throw tooMany(samplesMax, position);
      throw new QueryFailure('execution', thrown.message, position);
    }
  };
  return {
    select: (selector: Selector, fromAt: number, toAt: number) =>
      reading(selector, () => {
        const most = samplesMax - samples;
        const found = options.select(selector.matchers, fromAt, toAt, { samplesMax: most, check });
        const count = found.reduce((sum, { times }) => sum + times.length, 0);
        take(count, count * BYTES_PER_SAMPLE, selector.position);
        return found;
      }),
    rollups(grid: Grid, selector: Selector, functionName: string, fromAt: number, width: RollupWidth) {
      const asked = options.rollups(functionName);
      if (!asked) return undefined;
      return reading(selector, () => {
        const { lastAt } = lookedAt({ grid, whole: options.whole }, selector);
        const most = samplesMax - samples;
        const limits = { samplesMax: most, bucketsMax: most, check };
        const found = asked(selector.matchers, fromAt, lastAt, width, limits);
        const count = found.reduce((sum, { ends }) => sum + ends.length, 0);
        take(count, count * BYTES_PER_BUCKET, selector.position);
        return found;
      });
    },
  };
}

/** Looks whether somebody still waits and the time is not up: at once, or after so much work. */
function createWatch({ isCancelled, isExpired }: ContextOptions): Pick<Context, 'check' | 'work'> {
  let worked = 0;
  const check = () => {
    worked = 0;
    if (isCancelled())
      throw new QueryFailure('cancelled', 'The question was cancelled before it was answered.');
    if (isExpired())
      throw new QueryFailure(
        'timeout',
        'The question took longer than it may. Nothing was answered; ask for a shorter range or fewer series.',
      );
  };
  const work = (values: number) => {
    worked += values;
    if (worked >= WORK_BETWEEN_LOOKS) check();
  };
  return { check, work };
}

export function rowsOf(value: Value): readonly Row[] {
  return value.kind === 'vector' ? value.rows : unexpected(value, 'vector');
}

function unexpected(value: Value, wanted: string): never {
  throw new Error(`A ${value.kind} came where a ${wanted} was checked for.`);
}

/** The first and the last instant that the steps look at. */
export function lookedAt(
  context: Pick<Context, 'grid' | 'whole'>,
  shift: Shift,
): { readonly firstAt: number; readonly lastAt: number } {
  const { grid } = context;
  const fixed = fixedInstant(context, shift);
  const firstAt = (fixed ?? grid.fromAt) - shift.offsetMs;
  return { firstAt, lastAt: fixed === null ? firstAt + (grid.steps - 1) * grid.stepMs : firstAt };
}

/** The instant that the shift fixes, if it fixes one. */
export function fixedInstant(context: Pick<Context, 'whole'>, { fixedAt }: Shift): number | null {
  if (fixedAt === 'start') return context.whole.fromAt;
  return fixedAt === 'end' ? context.whole.toAt : fixedAt;
}

/** In Prometheus 2 a window is closed at its start too: times are whole milliseconds, so it begins one earlier. */
export function leftEdgeMs(context: Context): 0 | 1 {
  return context.compat === 2 ? 1 : 0;
}

function notHere(source: string, position: Position): QueryFailure {
  return new QueryFailure(
    'execution',
    `This selects from the source ${JSON.stringify(source.slice(0, 80))}, whose series are not stored here, and who asked could not ask it.`,
    position,
  );
}

function tooMany(samplesMax: number, position: Position): QueryFailure {
  return new QueryFailure(
    'limit',
    `The question needs more than ${samplesMax} samples. Nothing was answered; ask for a shorter range, a longer step or fewer series.`,
    position,
  );
}

function tooLarge(bytesMax: number, position: Position): QueryFailure {
  return new QueryFailure(
    'limit',
    `The question needs more than ${Math.round(bytesMax / 1e6)} MB of memory. Nothing was answered; ask for a shorter range, a longer step or fewer series.`,
    position,
  );
}
