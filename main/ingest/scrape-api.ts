import type { RelabelRule } from '../../shared/config/relabel.ts';
import type { Result } from '../../shared/error/result.ts';
import type { Exemplar } from '../../shared/model/exemplar.ts';
import type { ExemplarQuestion } from '../../shared/model/exemplar-book.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { Transfer } from '../platform/index.ts';
import type { AnswerJob, ExpositionFormat, Opened } from '../source/index.ts';

/** Why a sample is left out whose series the store has no room for. */
export const OVER_LIMIT = 'over the limit of series';

/** One scrape as it comes from the network. `body` null: the fetch failed, so all but `up` has vanished. */
export interface ScrapeRequest {
  /** Which target's cache is meant. */
  readonly key: string;
  readonly labels: Labels;
  readonly at: number;
  readonly durationMs: number;
  readonly seriesMax: number;
  readonly body: Uint8Array<ArrayBuffer> | null;
  readonly format: ExpositionFormat;
  readonly relabel: readonly RelabelRule[];
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
}

/** One scrape as rows. A row's ref is 0 where the series has no number yet: `freshRows[i]` is the row of `fresh[i]`. */
export interface ScrapeAnswer {
  /** Why the body was refused, as a clause; the rows then say `up` 0. */
  readonly problem: string | null;
  /** The thread knew nothing of this target: what vanished since the last scrape it cannot say. */
  readonly first: boolean;
  readonly refs: Uint32Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  /** The samples' own times where the exposition gives any, NaN where it does not; null where none has one. */
  readonly times: Float64Array<ArrayBuffer> | null;
  readonly fresh: readonly Labels[];
  readonly freshRows: Uint32Array<ArrayBuffer>;
  /** Numbers of series that were in the last scrape and are not in this one. */
  readonly vanished: Uint32Array<ArrayBuffer>;
  /** Series of the body; those that Midwatch makes itself are not counted. */
  readonly seriesCount: number;
  readonly dropped: readonly { readonly reason: string; readonly count: number }[];
}

/** Reads scraped bodies in a thread, so that no body, however large, holds up the watch. */
export type ScrapeApi = {
  scrape(request: ScrapeRequest | Transfer<ScrapeRequest>): Transfer<ScrapeAnswer>;
  /** Opens an answer of a query API that is too large to be opened beside the watch. */
  open(job: AnswerJob): Result<Opened, string>;
  /** The numbers of the last scrape's fresh series, in order; 0 for one that the store refused. */
  learn(key: string, refs: Uint32Array): void;
  /** The last exemplars of OpenMetrics, newest first. They live as long as this thread. */
  exemplars(question: ExemplarQuestion): Exemplar[];
  /** Forgets what is known of a target, or of all: their numbers may have changed. */
  forget(key: string | null): void;
};
