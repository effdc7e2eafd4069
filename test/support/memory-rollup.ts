import type { Rollup } from '../../main/store/index.ts';

export interface PlainSample {
  readonly at: number;
  readonly value: number;
  readonly stale: boolean;
}

/** Buckets by looking at each on its own: the plainest reading of what a rollup is. */
export function plainRollup(
  samples: readonly PlainSample[],
  fromAt: number,
  toAt: number,
  widthMs: number,
): Rollup {
  const ends = [...new Set(samples.map(({ at }) => Math.ceil(at / widthMs) * widthMs))]
    .filter((end) => end - widthMs >= fromAt && end <= toAt)
    .sort((a, b) => a - b);
  const buckets = ends.map((end) => samples.filter(({ at }) => at > end - widthMs && at <= end));
  const column = (of: (values: PlainSample[], all: PlainSample[]) => number) =>
    Float64Array.from(buckets, (all) =>
      of(
        all.filter(({ stale }) => !stale),
        all,
      ),
    );
  const numbers = (values: readonly PlainSample[]) =>
    values.map(({ value }) => value).filter((value) => !Number.isNaN(value));
  const edge = (values: readonly number[], of: (...values: number[]) => number) =>
    values.length === 0 ? Number.NaN : of(...values);
  return {
    ends: Float64Array.from(ends),
    firstAt: column((values) => values[0]?.at ?? Number.NaN),
    lastAt: column((values) => values.at(-1)?.at ?? Number.NaN),
    count: column((values) => values.length),
    first: column((values) => values[0]?.value ?? Number.NaN),
    last: column((values) => values.at(-1)?.value ?? Number.NaN),
    min: column((values) => edge(numbers(values), Math.min)),
    max: column((values) => edge(numbers(values), Math.max)),
    sum: column((values) =>
      edge(
        values.map(({ value }) => value),
        (...all) => all.reduce((sum, value) => sum + value),
      ),
    ),
    resets: column((values) => resetsOf(values)),
    ended: column((_values, all) => (all.at(-1)?.stale ? 1 : 0)),
  };
}

function resetsOf(values: readonly PlainSample[]): number {
  let sum = 0;
  values.forEach(({ value }, i) => {
    const before = values[i - 1]?.value ?? Number.NaN;
    if (value < before) sum += before;
  });
  return sum;
}

/** What a counter grew by over all samples, as Prometheus adds it up. */
export function plainIncrease(samples: readonly PlainSample[]): number {
  const values = samples.filter(({ stale }) => !stale);
  if (values.length < 2) return Number.NaN;
  return (values.at(-1)?.value ?? 0) - (values[0]?.value ?? 0) + resetsOf(values);
}
