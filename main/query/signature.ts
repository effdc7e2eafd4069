import type { ValueType } from './expression.ts';

/** What a function takes and answers. The last `optional` arguments may be left out. */
export interface Signature {
  readonly takes: readonly ValueType[];
  readonly optional: number;
  readonly returns: ValueType;
}

const one = (takes: ValueType, returns: ValueType = 'vector'): Signature => ({
  takes: [takes],
  optional: 0,
  returns,
});

/** Functions over a window that take nothing but the window. */
export const WINDOW_FUNCTIONS = [
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
] as const;

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
  deg: (value) => (value * 180) / Math.PI,
  rad: (value) => (value * Math.PI) / 180,
};

export const FUNCTIONS: ReadonlyMap<string, Signature> = new Map<string, Signature>([
  ...WINDOW_FUNCTIONS.map((name) => [name, one('matrix')] as const),
  ...Object.keys(NUMBER_FUNCTIONS).map((name) => [name, one('vector')] as const),
  ['quantile_over_time', { takes: ['scalar', 'matrix'], optional: 0, returns: 'vector' }],
  ['predict_linear', { takes: ['matrix', 'scalar'], optional: 0, returns: 'vector' }],
  ['absent_over_time', one('matrix')],
  ['histogram_quantile', { takes: ['scalar', 'vector'], optional: 0, returns: 'vector' }],
  ['absent', one('vector')],
  ['scalar', one('vector', 'scalar')],
  ['vector', one('scalar')],
  ['time', { takes: [], optional: 0, returns: 'scalar' }],
  ['pi', { takes: [], optional: 0, returns: 'scalar' }],
  ['timestamp', one('vector')],
  ['sort', one('vector')],
  ['sort_desc', one('vector')],
  ['round', { takes: ['vector', 'scalar'], optional: 1, returns: 'vector' }],
  ['clamp', { takes: ['vector', 'scalar', 'scalar'], optional: 0, returns: 'vector' }],
  ['clamp_min', { takes: ['vector', 'scalar'], optional: 0, returns: 'vector' }],
  ['clamp_max', { takes: ['vector', 'scalar'], optional: 0, returns: 'vector' }],
]);

/** Aggregations, and whether they take a number before the vector. */
export const AGGREGATIONS: ReadonlyMap<string, { readonly parameter: boolean }> = new Map<
  string,
  { readonly parameter: boolean }
>([
  ...['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'].map(
    (op) => [op, { parameter: false }] as const,
  ),
  ...['topk', 'bottomk', 'quantile'].map((op) => [op, { parameter: true }] as const),
]);
