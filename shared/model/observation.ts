import type { AlertKind } from './alert.ts';
import type { Labels } from './metric.ts';
import type { Priority } from './priority.ts';

/**
 * What one evaluation of one rule says. Firing and resolving have thresholds of their own, so there is a between;
 * *no data*, *error* and *blind* are never clear.
 */
export type Finding =
  /** The fire condition holds; `threshold` is null where the rule's expression is itself the condition. */
  | {
      readonly kind: 'holds';
      readonly value: number;
      readonly threshold: number | null;
      readonly reason: string;
    }
  /** The fire condition holds, but a minimum keeps it back: blocks inactive → firing, never resolves. */
  | {
      readonly kind: 'held-back';
      readonly value: number;
      readonly threshold: number | null;
      readonly reason: string;
    }
  /** Neither fires nor resolves. */
  | { readonly kind: 'between'; readonly value: number; readonly threshold: number; readonly reason: string }
  /** The resolve condition holds. */
  | {
      readonly kind: 'clear';
      readonly value: number | null;
      readonly threshold: number | null;
      readonly reason: string;
    }
  | { readonly kind: 'no-data'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string }
  /** The source or worker that decides does not answer: no verdict. */
  | { readonly kind: 'blind'; readonly reason: string };

export type DataPolicy = 'keep' | 'alert' | 'ok';

/** One rule's finding with all that the alert pipeline needs to know of the rule. */
export interface Observation {
  readonly ruleId: string;
  readonly kind: AlertKind;
  /** Identify the alert: the same labels are the same alert. Never contain the value. */
  readonly labels: Labels;
  readonly service: string;
  readonly priority: Priority;
  readonly title: string;
  /** `file:line`. */
  readonly definedAt: string;
  readonly at: number;
  readonly finding: Finding;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly onNoData: DataPolicy;
  readonly onError: DataPolicy;
  /** Failing share of requests, where the rule knows it; for the severity suggestion. */
  readonly failingShare: number | null;
  /** The part of its budget that is gone, 1 for all of it; left out where the rule has none. */
  readonly budgetConsumed?: number | null;
  readonly objectiveId: string | null;
}
