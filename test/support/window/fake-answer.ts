import type { Labels, QueryNote, Series } from '../../../shared/model/metric.ts';
import type { Unwatched } from '../../../shared/model/watch.ts';
import { sampled } from './curves.ts';

/** What the fake core answers to one expression. */
export interface FakeAnswer {
  readonly series: (fromAt: number, toAt: number, stepMs: number) => readonly Series[];
  readonly seriesTotal?: number;
  readonly unwatched?: (fromAt: number, toAt: number) => readonly Unwatched[];
  readonly notes?: readonly QueryNote[];
  /** Refuses instead, as long as it is set. */
  failure?: string;
}

/** Two waves, whatever is asked; their labels are the test's. */
export function waves(labels: readonly Labels[]): FakeAnswer {
  return {
    series: (fromAt, toAt, stepMs) =>
      labels.map((one, row) =>
        sampled({ ...one }, fromAt, toAt, stepMs, (at) => 2 + row + Math.sin(at / 300_000 + row)),
      ),
  };
}
