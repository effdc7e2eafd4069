import { z } from 'zod';
import type { Result } from '../error/result.ts';
import type { Abort } from '../unit/abort.ts';
import type { Unwatched } from './watch.ts';

/** A series' labels, `__name__` included. Hostile text: never put into markup, shell strings or file names. */
export type Labels = Readonly<Record<string, string>>;
export const Labels = z.record(z.string(), z.string());

/** One value of one series at one instant. `at` is the sample's evaluation time. */
export interface InstantSample {
  readonly labels: Labels;
  readonly at: number;
  readonly value: number;
}

/** A series over time. Both arrays have the same length, times ascend; a gap is simply absent. */
export interface Series {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** A vector (maybe empty, which is *no data* and never zero) or one scalar. */
export type InstantValue =
  | { readonly kind: 'vector'; readonly samples: readonly InstantSample[] }
  | { readonly kind: 'scalar'; readonly at: number; readonly value: number };

/** Whatever an expression answers at one instant: also a text, or the samples of a range vector. */
export type ExpressionValue =
  | InstantValue
  | { readonly kind: 'string'; readonly at: number; readonly value: string }
  | { readonly kind: 'matrix'; readonly series: readonly Series[] };

/** What a person should know of an answer that is an answer all the same; `position` points into the expression. */
export const QueryNote = z.object({
  severity: z.enum(['warning', 'info']),
  message: z.string(),
  position: z.object({ from: z.number(), to: z.number() }).optional(),
});
export type QueryNote = z.infer<typeof QueryNote>;

export const QueryErrorCode = z.enum([
  'parse', // not PromQL; `position` points into the expression
  'unsupported', // PromQL that Midwatch does not evaluate locally; `position` points at the part
  'execution', // could not be evaluated: many-to-many matching, duplicate labels, …
  'limit', // more samples or time than a query may take
  'timeout',
  'cancelled',
  'unreachable',
  'unauthorised',
  'wrong-answer', // something answered, but not a Prometheus-compatible API
  'blind', // the worker that was deciding died: no verdict
]);
export type QueryErrorCode = z.infer<typeof QueryErrorCode>;

export const QueryError = z.object({
  code: QueryErrorCode,
  message: z.string(),
  /** Offset into the expression, in UTF-16 units, where the code is `parse`, `unsupported` or `execution`. */
  position: z.object({ from: z.number(), to: z.number() }).optional(),
  retryable: z.boolean(),
});
export type QueryError = z.infer<typeof QueryError>;

export interface RangeWindow {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
}

/** How far the evaluation of a question is. `samples` counts stored samples read; a remote source does not say. */
export interface QueryProgress {
  readonly state: 'waiting' | 'evaluating';
  readonly samples: number;
}

export interface QueryOptions {
  readonly timeoutMs?: number;
  /** Ends the evaluation itself, not only the wait for it. */
  readonly signal?: Abort;
  /** Called before the answer with what belongs beside it, if anything does; maybe several times. */
  readonly onNotes?: (notes: readonly QueryNote[]) => void;
  /** Called once, with a way to look how far the question is. */
  readonly onStart?: (progress: () => QueryProgress) => void;
}

/** How a range's series file is wanted: so many series at most, and what it says of when nobody watched. */
export interface RangeFileWish {
  readonly seriesMax: number;
  readonly unwatched: readonly Unwatched[];
}

/** A range's answer as the bytes of a series file, and how many series there were. */
export interface RangeFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly seriesTotal: number;
}

/** Which names are asked for: of the series that a selector selects, with a text in them, so many at most. */
export interface NameQuestion {
  readonly selector?: string;
  readonly contains?: string;
  readonly limit: number;
  readonly signal?: Abort;
}

/** Ascending. `complete` is false where the limit left some out. */
export interface NameList {
  readonly names: readonly string[];
  readonly complete: boolean;
}

/** What is known of a metric; `from` says whether its source said so or its name lets it be supposed. */
export interface MetricAbout {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram' | 'summary' | 'unknown';
  readonly help: string;
  readonly unit: string;
  readonly from: 'source' | 'name';
}

/** What names a target has: for completion, discovery and catalogues. */
export interface QueryNames {
  labelNames(question: NameQuestion): Promise<Result<NameList, QueryError>>;
  labelValues(label: string, question: NameQuestion): Promise<Result<NameList, QueryError>>;
  metrics(
    question: NameQuestion,
  ): Promise<Result<{ readonly metrics: readonly MetricAbout[]; readonly complete: boolean }, QueryError>>;
}

/** Sums of increases over windows that end at one instant; those who ask again in the same lane are answered cheaply. */
export interface CarriedQuestion {
  readonly at: number;
  /** Instants of one lane ascend. */
  readonly lane: string;
  /** `span` is the window's length in milliseconds or, below 0, the fixed instant at which it begins. */
  readonly windows: readonly { readonly selector: string; readonly span: number }[];
  /** Whether to read on in the past that windows over an hour need, for some milliseconds. */
  readonly build: boolean;
}

/** A sum; null is no data. `building`: ask as usual until it is built. `never`: such a selector is not carried. */
export type CarriedSum = number | null | 'building' | 'never';

/**
 * The one interface over local and remote metrics. Objectives, detectors, checks and conditions use nothing else.
 * The expression language is PromQL on both sides.
 */
export interface QueryTarget {
  readonly id: string;
  /** Left out where the target has no series of its own. */
  readonly names?: QueryNames;
  instant(expression: string, at: number, options?: QueryOptions): Promise<Result<InstantValue, QueryError>>;
  range(
    expression: string,
    window: RangeWindow,
    options?: QueryOptions,
  ): Promise<Result<readonly Series[], QueryError>>;
  /** The same as bytes, where the target can make them in the thread that evaluates: millions of samples are touched there alone. */
  rangeFile?(
    expression: string,
    window: RangeWindow,
    wish: RangeFileWish,
    options?: QueryOptions,
  ): Promise<Result<RangeFile, QueryError>>;
  /** The same as `sum(increase(…))`, where the target can keep it up from one question to the next. */
  carried?(question: CarriedQuestion): Promise<Result<readonly CarriedSum[], QueryError>>;
}
