/** What an expression may be made of: each list is what one of the languages has. */
export interface Vocabulary {
  readonly windowFunctions: readonly string[];
  readonly numberFunctions: readonly string[];
  readonly dateFunctions: readonly string[];
}

const WINDOWS = [
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
  'present_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'absent_over_time',
];

const NUMBERS = [
  'abs',
  'ceil',
  'floor',
  'sqrt',
  'exp',
  'ln',
  'log2',
  'log10',
  'sgn',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'acosh',
  'atanh',
  'deg',
  'rad',
];

const DATES = [
  'year',
  'month',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
];

/** All functions over floats and classic histograms that Prometheus 2.42 has. */
export const PROMETHEUS_2_42: Vocabulary = {
  windowFunctions: WINDOWS,
  numberFunctions: NUMBERS,
  dateFunctions: DATES,
};

const METRICS = ['hits_total', 'misses_total', 'heat', 'load', 'odd', 'brief'];
const AGGREGATIONS = ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'];
const LABELS = ['job', 'instance', 'zone'];
const DEPTH_MAX = 4;

/** Expressions by a seed's numbers: every function, aggregation, kind of matching, subqueries, offset, `@` and bool. */
export function createRandomPromql(random: () => number, vocabulary: Vocabulary, endAt: number) {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const chance = (share: number) => random() < share;
  const some = <T>(items: readonly T[]): T[] => items.filter(() => chance(0.4));

  const shift = () => {
    const offset = chance(0.2) ? ` offset ${pick(['15s', '1m', '7m', '-30s', '20m'])}` : '';
    const at = chance(0.1)
      ? ` @ ${pick(['start()', 'end()', String((endAt - Math.floor(random() * 3_000_000)) / 1000)])}`
      : '';
    return at + offset;
  };
  const matchers = () =>
    chance(0.4)
      ? `{${pick(['instance="a"', 'instance!="b"', 'job=~"w.*"', 'zone!~"x|", job="web"', 'instance=~"a|c"', 'nothing=""', 'zone="z"'])}}`
      : '';
  const plain = (): string =>
    chance(0.05) ? `{__name__=~"hits.*|heat",instance="a"}` : pick(METRICS) + matchers();
  const range = () => pick(['30s', '1m', '90s', '5m', '17m', '1h']);
  const matrix = (depth: number): string =>
    depth > 0 && chance(0.25)
      ? `(${fixedNot(vector(depth - 1))})[${pick(['2m', '10m', '30m'])}:${pick(['', '15s', '1m', '77s'])}]${shift()}`
      : `${plain()}[${range()}]${shift()}`;
  /** Prometheus 2 moves a window of `predict_linear`, and others in subqueries, on from the instant that `@` fixes. */
  const fixedNot = (of: string) => of.replaceAll(/ @ (?:start\(\)|end\(\)|[\d.]+)/g, '');
  /** A remainder, or a text made of a number, makes much of the last digit of what it is made from. */
  const whole = (of: string) => `round(clamp(${of}, -1e5, 1e5))`;
  /** What is no time becomes one by the machine's own rules for numbers that do not fit: nobody relies on that. */
  const inTime = (of: string) => `((${of}) >= -1e10 <= 1e10)`;
  const scalar = (depth: number): string =>
    pick([
      () => pick(['0', '1', '2', '0.5', '-3', '1e3', '100', 'NaN', 'Inf', '0x1F']),
      () => pick(['1', '2', '10', '0.1']),
      () => 'time()',
      () => 'pi()',
      () => `scalar(${vector(depth - 1)})`,
      () => `(${scalar(0)} ${pick(['+', '-', '*', '/', '%', '^'])} ${scalar(0)})`,
      () => `(${scalar(0)} ${pick(['>', '<', '==', '!=', '>=', '<='])} bool ${scalar(0)})`,
    ])();
  const grouping = () => {
    if (chance(0.3)) return '';
    return ` ${pick(['by', 'without'])} (${some([...LABELS, 'le']).join(', ')}) `;
  };
  /** Which of two equal values is taken is left open by Prometheus. */
  const untied = () => {
    const gauge = `${pick(['heat', 'load'])}${matchers()}`;
    return chance(0.5)
      ? gauge + shift()
      : `${pick(['avg_over_time', 'deriv', 'sum_over_time'])}(${gauge}[${range()}]${shift()})`;
  };
  const aggregate = (depth: number): string => {
    const of = vector(depth - 1);
    const kind = pick(['plain', 'plain', 'plain', 'topk', 'quantile', 'count_values']);
    const group = grouping();
    switch (kind) {
      case 'topk':
        return `${pick(['topk', 'bottomk'])}${group}(${pick(['1', '2', '5', '0'])}, ${untied()})`;
      case 'quantile':
        return `quantile${group}(${pick(['0', '0.5', '0.9', '1', '-1', '2', 'NaN'])}, ${of})`;
      case 'count_values':
        // Prometheus 2.42 takes values for one where a label of `by` is sorted behind the value's.
        return `count_values${group}("${group.includes('by') ? 'zzz' : pick(['v', 'instance', 'job'])}", ${whole(of)})`;
      default:
        return `${pick(AGGREGATIONS)}${group}(${of})`;
    }
  };
  const matching = (isSet: boolean): string => {
    if (chance(0.35)) return '';
    const labels = `${pick(['on', 'ignoring'])} (${some(LABELS).join(', ')})`;
    if (isSet || chance(0.5)) return ` ${labels}`;
    return ` ${labels} ${pick(['group_left', 'group_right'])} (${chance(0.3) ? pick(['zone', 'version']) : ''})`;
  };
  const binary = (depth: number): string => {
    const operator = pick([
      '+',
      '-',
      '*',
      '/',
      '%',
      '^',
      'atan2',
      '==',
      '!=',
      '>',
      '<',
      '>=',
      '<=',
      'and',
      'or',
      'unless',
    ]);
    const isSet = ['and', 'or', 'unless'].includes(operator);
    const isComparison = /^[=!<>]/.test(operator);
    const bool = isComparison && chance(0.4) ? ' bool' : '';
    if (operator === '%') return `(${whole(vector(depth - 1))} % ${pick(['2', '7', '0', '-3', 'Inf'])})`;
    if (!isSet && chance(0.5)) {
      const [left, right] = chance(0.5)
        ? [scalar(depth - 1), vector(depth - 1)]
        : [vector(depth - 1), scalar(depth - 1)];
      return `(${left} ${operator}${bool} ${right})`;
    }
    const left = vector(depth - 1);
    // Often the same shape on both sides, so that the labels can match.
    const right = chance(0.4)
      ? left.replaceAll(/hits_total|heat/g, (name) => (name === 'heat' ? 'load' : 'misses_total'))
      : vector(depth - 1);
    return `(${left} ${operator}${bool}${matching(isSet)} ${right})`;
  };
  const histogram = () => {
    const rate = `${pick(['rate', 'increase'])}(latency_bucket${matchers()}[${pick(['1m', '5m', '30m'])}]${shift()})`;
    const inner = pick([rate, `sum by (le) (${rate})`, `sum by (le, instance) (${rate})`, 'latency_bucket']);
    return `histogram_quantile(${pick(['0', '0.5', '0.9', '0.99', '1', '-0.1', '1.1'])}, ${inner})`;
  };
  const call = (depth: number): string =>
    pick([
      () => `${pick(vocabulary.windowFunctions)}(${matrix(depth)})`,
      () => `${pick(vocabulary.windowFunctions)}(${matrix(depth)})`,
      () => `${pick(vocabulary.windowFunctions)}(${matrix(depth)})`,
      () => `${pick(vocabulary.numberFunctions)}(${vector(depth - 1)})`,
      () => `${pick(vocabulary.dateFunctions)}(${chance(0.3) ? '' : inTime(vector(depth - 1))})`,
      () => `quantile_over_time(${pick(['0', '0.3', '0.9', '1', '2', '-1'])}, ${matrix(depth)})`,
      () => `predict_linear(${fixedNot(matrix(depth))}, ${pick(['60', '-600', '3600'])})`,
      () => `holt_winters(${matrix(depth)}, ${pick(['0.1', '0.5'])}, ${pick(['0.3', '0.9'])})`,
      histogram,
      () => `round(${vector(depth - 1)}${pick(['', ', 0.5', ', 10', ', 0'])})`,
      () => `clamp(${vector(depth - 1)}, ${pick(['0', '-5', '20'])}, ${pick(['10', '25', '1e6'])})`,
      () => `${pick(['clamp_min', 'clamp_max'])}(${vector(depth - 1)}, ${scalar(0)})`,
      () => `absent(${vector(depth - 1)})`,
      () => `(timestamp(${fixedNot(vector(depth - 1))}) % 10000)`,
      () => `vector(${scalar(depth - 1)})`,
      () => `${pick(['sort', 'sort_desc'])}(${vector(depth - 1)})`,
      () =>
        `label_replace(${vector(depth - 1)}, "${pick(['zone', 'copy', 'job'])}", "${pick(['$1', 'x-$1', '', '${1}y'])}", "${pick(['instance', 'job', 'none'])}", "${pick(['(.*)', '(a|b)', 'w(.+)', ''])}")`,
      () => `label_join(${vector(depth - 1)}, "${pick(['copy', 'zone'])}", "-", "job", "instance")`,
    ])();
  const vector = (depth: number): string => {
    if (depth <= 0) return plain() + shift();
    return pick([
      () => plain() + shift(),
      () => call(depth),
      () => call(depth),
      () => aggregate(depth),
      () => binary(depth),
      () => `(-${vector(depth - 1)})`,
    ])();
  };
  return {
    expression: (): string => (chance(0.05) ? scalar(2) : vector(1 + Math.floor(random() * DEPTH_MAX))),
  };
}
