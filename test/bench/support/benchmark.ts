/** A figure on its way to the table and to the line of JSON. */
export interface Figure {
  /** The key in the line of JSON; its unit is the end of it. */
  readonly name: string;
  /** What it is, for the table. */
  readonly label: string;
  /** Null: could not be measured here. */
  readonly value: number | null;
  readonly unit: string;
  /** What the figure may be at most; left out where nothing is promised. */
  readonly atMost?: number;
}

/** One option of a benchmark: a whole number within bounds, a flag, or a path. */
export type OptionSpec =
  | {
      readonly kind: 'number';
      readonly about: string;
      readonly default: number;
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: 'flag'; readonly about: string }
  | { readonly kind: 'path'; readonly about: string };

/** The options as they were given, each with its default. */
export interface Options {
  readonly seed: number;
  number(name: string): number;
  flag(name: string): boolean;
  path(name: string): string | undefined;
}

/** What a run gives: figures in the order of the table, and words that belong beside them. */
export interface Measured {
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
}

/** A benchmark: a file `<name>.bench.ts` exports one as `benchmark`. */
export interface Benchmark {
  readonly about: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  run(options: Options, say: (text: string) => void): Promise<Measured>;
}

/** A problem that the caller can mend: said without a stack, exit status 2. */
export class UsageError extends Error {}

export function failed(figure: Figure): boolean {
  return figure.atMost !== undefined && (figure.value === null || figure.value > figure.atMost);
}
