import type { RowDraft } from '../row-draft.ts';
import type { SeriesKey } from '../series-key.ts';
import { BYTES, type WireReader } from './wire.ts';

/** What a message held beside the rows. */
export interface Counted {
  series: number;
  samples: number;
  histograms: number;
  /** Those that are kept. */
  exemplars: number;
}

/** The field numbers of a series in the two messages; all else about a sample or an exemplar is the same. */
export interface SeriesFields {
  readonly samples: number;
  readonly exemplars: number;
  readonly histograms: number;
}

/** Reads the labels of one series into the key. The reader stands at the series' begin; `end` is where it ends. */
export type ReadLabels = (reader: WireReader, end: number, key: SeriesKey) => void;

/** What one series is read with. */
export interface SeriesParts {
  readonly fields: SeriesFields;
  readonly readLabels: ReadLabels;
  readonly key: SeriesKey;
  readonly draft: RowDraft;
  readonly counted: Counted;
}

/** Tag of a field of length-delimited bytes. */
export const tagOf = (field: number) => (field << 3) | BYTES;
