import type { Alert } from '../../../shared/model/alert.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';
import type { ChangeEvent, Service } from '../../../shared/model/service.ts';
import type { Target } from './target.ts';

/** An objective or rule of a source, and whether it has no data at this evaluation. */
export interface Subject {
  readonly ruleId: string;
  readonly service: string;
  readonly expressions: readonly string[];
  readonly noData: boolean;
}

/** One evaluation of one source, with all that rests on it. */
export interface Round {
  readonly sourceId: string;
  readonly target: QueryTarget;
  readonly at: number;
  readonly pollMs: number;
  readonly subjects: readonly Subject[];
  /** Targets that cannot be scraped; null where that could not be learnt. */
  readonly down: readonly Target[] | null;
}

export interface NoDataDeps {
  readonly services: () => readonly Service[];
  readonly changes: () => readonly ChangeEvent[];
  /** The alerts as they are: an outage that fires and is over must be said to be, also after a restart. */
  readonly known: () => readonly Alert[];
}
