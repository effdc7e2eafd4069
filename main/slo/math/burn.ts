import type { ObjectiveStatus, WindowBurn } from '../../../shared/model/objective.ts';
import { burnRate, errorRate } from './budget.ts';

/** What was counted in one window. `known` is false while it has not been counted: neither data nor its absence. */
export interface WindowCount {
  readonly bad: number | null;
  readonly total: number | null;
  readonly seenFraction: number;
  readonly anchoredAt: number | null;
  readonly known: boolean;
  /**
   * Of a calendar period alone: the events (or slices) of its whole length, on which the budget is reckoned; null where
   * neither the last full period nor this one tells.
   */
  readonly budgetTotal?: number | null;
}

/** The part of an objective's status that counts decide. */
export type Decision = Pick<
  ObjectiveStatus,
  | 'state'
  | 'reason'
  | 'windows'
  | 'holding'
  | 'heldBack'
  | 'budgetConsumed'
  | 'budgetRemaining'
  | 'timeToExhaustionMs'
>;

/** A window with its burn rate, and whether it has been counted at all. */
export interface Burn extends WindowBurn {
  readonly known: boolean;
}

/** The burn rate of one window; a window that was not counted has none, and neither has one without events. */
export function burnOf(target: number, windowMs: number, count: WindowCount | undefined): Burn {
  if (!count?.known) {
    return {
      windowMs,
      bad: null,
      total: null,
      burnRate: null,
      seenFraction: 0,
      anchoredAt: null,
      known: false,
    };
  }
  const { bad, total, seenFraction, anchoredAt } = count;
  const burn = burnRate(errorRate(bad, total), target, seenFraction);
  return { windowMs, bad, total, burnRate: burn, seenFraction, anchoredAt, known: true };
}

export function windowOf<W extends { readonly windowMs: number }>(
  windows: readonly W[],
  windowMs: number,
): W | undefined {
  return windows.find((window) => window.windowMs === windowMs);
}
