import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import { windowOf } from './fact.ts';

export type ObjectiveColumn = 'name' | 'state' | 'burn' | 'budget' | 'exhaustion';
export interface ObjectiveSort {
  readonly column: ObjectiveColumn;
  readonly descending: boolean;
}

export const URGENT_FIRST: ObjectiveSort = { column: 'state', descending: false };

const STATE_ORDER = { burning: 0, blind: 1, 'no-data': 2, starting: 3, ok: 4 } as const;
const HOUR_MS = 3_600_000;

/** The table's order. No data stands last whichever way a number is sorted: it is neither high nor low. */
export function sortObjectives(
  objectives: Iterable<ObjectiveStatus>,
  sort: ObjectiveSort,
): ObjectiveStatus[] {
  const sign = sort.descending ? -1 : 1;
  return [...objectives].sort((a, b) => {
    const [x, y] = [sortValue(a, sort.column), sortValue(b, sort.column)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byName(a, b);
    const order = typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y)) : x - y;
    return sign * order || burnOf(b) - burnOf(a) || byName(a, b);
  });
}

function sortValue(status: ObjectiveStatus, column: ObjectiveColumn): number | string | null {
  switch (column) {
    case 'name':
      return status.objective.title;
    case 'state':
      return STATE_ORDER[status.state];
    case 'burn':
      return windowOf(status, HOUR_MS)?.burnRate ?? null;
    case 'budget':
      return status.budgetRemaining;
    case 'exhaustion':
      // −1 travels for *never*, which is the longest time of all.
      return status.timeToExhaustionMs === -1 ? Number.POSITIVE_INFINITY : status.timeToExhaustionMs;
  }
}

function burnOf(status: ObjectiveStatus): number {
  return Math.max(-1, ...status.windows.map((one) => one.burnRate ?? -1));
}

function byName(a: ObjectiveStatus, b: ObjectiveStatus): number {
  return a.objective.title.localeCompare(b.objective.title);
}
