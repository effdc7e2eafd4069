import { CodedError } from '../../shared/error/coded.ts';
import type { Matcher, MetricReader, StoredSeries } from '../store/index.ts';
import type { RangeExpression } from './expression.ts';
import { type Position, QueryFailure } from './failure.ts';
import type { Grid } from './vector.ts';

/** More samples in one question would fill the laptop's memory. Source: Prometheus' `--query.max-samples`. */
export const SAMPLES_MAX = 50_000_000;

/** A series without stale markers. */
export type PlainSeries = Pick<StoredSeries, 'labels' | 'times' | 'values' | 'firstAt'>;

/** What all parts of one evaluation share. */
export interface Context {
  readonly grid: Grid;
  /** Throws once the time is up. */
  check(): void;
  select(
    matchers: readonly Matcher[],
    fromAt: number,
    toAt: number,
    position: Position,
  ): readonly StoredSeries[];
  /** Where a series that is new counts from 0: gives it the zero that it was born with. Otherwise as it is. */
  adjust(functionName: string, series: PlainSeries, range: RangeExpression): PlainSeries;
}

export interface ContextOptions {
  readonly reader: MetricReader;
  readonly grid: Grid;
  readonly isExpired: () => boolean;
  readonly samplesMax: number;
  readonly adjust: (functionName: string, series: PlainSeries, range: RangeExpression) => PlainSeries;
}

export function createContext(options: ContextOptions): Context {
  const { reader, grid } = options;
  let samples = 0;
  const check = () => {
    if (options.isExpired())
      throw new QueryFailure(
        'timeout',
        'The question took longer than it may. Nothing was answered; ask for a shorter range or fewer series.',
      );
  };
  return {
    grid,
    check,
    adjust: options.adjust,
    select(matchers, fromAt, toAt, position) {
      check();
      try {
        const found = reader.select(matchers, fromAt, toAt, {
          samplesMax: options.samplesMax - samples,
          check,
        });
        for (const series of found) samples += series.times.length;
        // The answer takes room too: many series with few samples over many steps.
        if (found.length * grid.steps > options.samplesMax) throw tooMany(options.samplesMax, position);
        return found;
      } catch (thrown) {
        if (!(thrown instanceof CodedError)) throw thrown;
        if (thrown.code === 'too-many-samples') throw tooMany(options.samplesMax, position);
        throw new QueryFailure('execution', thrown.message, position);
      }
    },
  };
}

function tooMany(samplesMax: number, position: Position): QueryFailure {
  return new QueryFailure(
    'limit',
    `The question needs more than ${samplesMax} samples. Nothing was answered; ask for a shorter range, a longer step or fewer series.`,
    position,
  );
}
