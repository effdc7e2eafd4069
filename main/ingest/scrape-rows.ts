import type { Labels } from '../../shared/model/metric.ts';
import type { ScrapeAnswer } from './scrape-api.ts';

type TakenRows = Pick<ScrapeAnswer, 'refs' | 'values' | 'times' | 'fresh' | 'freshRows' | 'dropped'>;

/** Gathers the rows of one scrape; `take` gives them as arrays that can be handed to another thread. */
export interface Rows {
  /** @param labels given where the series has no number yet (`ref` 0) */
  add(ref: number, value: number, ownAt: number | undefined, labels: Labels | undefined): void;
  replace(row: number, value: number): void;
  drop(reason: string): void;
  freshLabels(): readonly Labels[];
  take(): TakenRows;
}

export function createRows(): Rows {
  const refs: number[] = [];
  const values: number[] = [];
  const times: number[] = [];
  const fresh: Labels[] = [];
  const freshRows: number[] = [];
  const dropped = new Map<string, number>();
  let dated = false;
  return {
    add(ref, value, ownAt, labels) {
      if (labels) {
        fresh.push(labels);
        freshRows.push(refs.length);
      }
      refs.push(ref);
      values.push(value);
      times.push(ownAt ?? Number.NaN);
      dated ||= ownAt !== undefined;
    },
    replace(row, value) {
      values[row] = value;
    },
    drop: (reason) => void dropped.set(reason, (dropped.get(reason) ?? 0) + 1),
    freshLabels: () => fresh,
    take: () => ({
      refs: Uint32Array.from(refs),
      values: Float64Array.from(values),
      times: dated ? Float64Array.from(times) : null,
      fresh,
      freshRows: Uint32Array.from(freshRows),
      dropped: [...dropped].map(([reason, count]) => ({ reason, count })),
    }),
  };
}
