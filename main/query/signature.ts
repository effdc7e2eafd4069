import type { Compat, ValueType } from './expression.ts';

/** What a function takes and answers. The last `optional` arguments may be left out; the last one may repeat. */
export interface Signature {
  readonly takes: readonly ValueType[];
  readonly optional: number;
  readonly repeats?: boolean;
  readonly returns: ValueType;
  /** Where only one of the versions has it. */
  readonly only?: Compat;
}

const one = (takes: ValueType, returns: ValueType = 'vector'): Signature => ({
  takes: [takes],
  optional: 0,
  returns,
});
const several = (...takes: ValueType[]): Signature => ({ takes, optional: 0, returns: 'vector' });

/** Functions over a window that take nothing but the window. */
const WINDOW_FUNCTIONS = [
  'rate',
  'increase',
  'delta',
  'irate',
  'idelta',
  'deriv',
  'changes',
  'resets',
  'avg_over_time',
  'min_over_time',
  'max_over_time',
  'sum_over_time',
  'count_over_time',
  'last_over_time',
  'first_over_time',
  'present_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'mad_over_time',
  'ts_of_first_over_time',
  'ts_of_last_over_time',
  'ts_of_max_over_time',
  'ts_of_min_over_time',
  'absent_over_time',
];

/** Functions of one number, applied to each sample. */
export const NUMBER_FUNCTIONS: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  sqrt: Math.sqrt,
  exp: Math.exp,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sgn: (value) => (value > 0 ? 1 : value < 0 ? -1 : value),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  deg: (value) => (value * 180) / Math.PI,
  rad: (value) => (value * Math.PI) / 180,
};

/** These read parts of a calendar from seconds; without an argument, from the instant that is evaluated. */
export const DATE_FUNCTIONS = [
  'year',
  'month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
] as const;

/** Of native histograms, which are not stored: over numbers they answer nothing, as Prometheus does. */
export const NATIVE_FUNCTIONS: ReadonlySet<string> = new Set([
  'histogram_avg',
  'histogram_count',
  'histogram_sum',
  'histogram_stddev',
  'histogram_stdvar',
]);

const FUNCTIONS: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ...WINDOW_FUNCTIONS.map((name) => [name, one('matrix')] as const),
  ...Object.keys(NUMBER_FUNCTIONS).map((name) => [name, one('vector')] as const),
  ...DATE_FUNCTIONS.map((name) => [name, { ...one('vector'), optional: 1 }] as const),
  ...Array.from(NATIVE_FUNCTIONS, (name) => [name, one('vector')] as const),
  ['quantile_over_time', several('scalar', 'matrix')],
  ['predict_linear', several('matrix', 'scalar')],
  ['double_exponential_smoothing', { ...several('matrix', 'scalar', 'scalar'), only: 3 }],
  ['holt_winters', { ...several('matrix', 'scalar', 'scalar'), only: 2 }],
  ['histogram_quantile', several('scalar', 'vector')],
  ['histogram_quantiles', { ...several('vector', 'string', 'scalar'), repeats: true }],
  ['histogram_fraction', several('scalar', 'scalar', 'vector')],
  ['absent', one('vector')],
  ['scalar', one('vector', 'scalar')],
  ['vector', one('scalar')],
  ['time', { takes: [], optional: 0, returns: 'scalar' }],
  ['pi', { takes: [], optional: 0, returns: 'scalar' }],
  ['start', { takes: [], optional: 0, returns: 'scalar' }],
  ['end', { takes: [], optional: 0, returns: 'scalar' }],
  ['step', { takes: [], optional: 0, returns: 'scalar' }],
  ['range', { takes: [], optional: 0, returns: 'scalar' }],
  ['timestamp', one('vector')],
  ['sort', one('vector')],
  ['sort_desc', one('vector')],
  ['sort_by_label', { ...several('vector', 'string'), optional: 1, repeats: true }],
  ['sort_by_label_desc', { ...several('vector', 'string'), optional: 1, repeats: true }],
  ['label_replace', several('vector', 'string', 'string', 'string', 'string')],
  [
    'label_join',
    { takes: ['vector', 'string', 'string', 'string'], optional: 1, repeats: true, returns: 'vector' },
  ],
  ['round', { ...several('vector', 'scalar'), optional: 1 }],
  ['clamp', several('vector', 'scalar', 'scalar')],
  ['clamp_min', several('vector', 'scalar')],
  ['clamp_max', several('vector', 'scalar')],
]);

/** What a function takes, or why there is none of that name: it is the other version's, or unknown here. */
export function signatureOf(
  name: string,
  compat: Compat,
): Signature | { readonly missing: 'here' | 'version' } {
  const signature = FUNCTIONS.get(name);
  if (!signature) return { missing: 'here' };
  return signature.only !== undefined && signature.only !== compat ? { missing: 'version' } : signature;
}

export function returnsOf(name: string): ValueType {
  return FUNCTIONS.get(name)?.returns ?? 'vector';
}

/** Aggregations, and what they take before the vector. */
export const AGGREGATIONS: ReadonlyMap<string, { readonly parameter: 'scalar' | 'string' | null }> = new Map<
  string,
  { readonly parameter: 'scalar' | 'string' | null }
>([
  ...['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'].map(
    (op) => [op, { parameter: null }] as const,
  ),
  ...['topk', 'bottomk', 'quantile', 'limitk', 'limit_ratio'].map(
    (op) => [op, { parameter: 'scalar' }] as const,
  ),
  ['count_values', { parameter: 'string' }],
]);
