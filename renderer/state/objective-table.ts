import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import { windowOf } from './fact.ts';

const COLUMNS = ['name', 'state', 'burn', 'trend', 'budget', 'exhaustion'] as const;
export type ObjectiveColumn = (typeof COLUMNS)[number];
export interface ObjectiveSort {
  readonly column: ObjectiveColumn;
  /** Of *burn*: over which window. */
  readonly windowMs?: number;
  readonly descending: boolean;
}

export const URGENT_FIRST: ObjectiveSort = { column: 'state', descending: false };

/** `burn 3600000 down`: how a sort is remembered. */
export function textOfSort({ column, windowMs, descending }: ObjectiveSort): string {
  return [column, windowMs, descending ? 'down' : 'up'].filter((one) => one !== undefined).join(' ');
}

/** The sort that was remembered; the most urgent first where the text is none, or an older version's. */
export function sortOfText(text: string): ObjectiveSort {
  const [, name, window, way] = /^([a-z]+)(?: (\d{1,12}))? (up|down)$/.exec(text) ?? [];
  const column = COLUMNS.find((one) => one === name);
  if (column === undefined || (column === 'burn') !== (window !== undefined)) return URGENT_FIRST;
  const descending = way === 'down';
  return window === undefined ? { column, descending } : { column, windowMs: Number(window), descending };
}

const STATE_ORDER = { burning: 0, blind: 1, 'no-data': 2, starting: 3, ok: 4 } as const;
const HOUR_MS = 3_600_000;

/** The table's order. No data stands last whichever way a number is sorted: it is neither high nor low. */
export function sortObjectives(
  objectives: Iterable<ObjectiveStatus>,
  sort: ObjectiveSort,
): ObjectiveStatus[] {
  const sign = sort.descending ? -1 : 1;
  return [...objectives].sort((a, b) => {
    const [x, y] = [sortValue(a, sort), sortValue(b, sort)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byName(a, b);
    const order = typeof x === 'string' || typeof y === 'string' ? String(x).localeCompare(String(y)) : x - y;
    return sign * order || burnOf(b) - burnOf(a) || byName(a, b);
  });
}

function sortValue(
  status: ObjectiveStatus,
  { column, windowMs = HOUR_MS }: ObjectiveSort,
): number | string | null {
  switch (column) {
    case 'name':
      return status.objective.title;
    case 'state':
      return STATE_ORDER[status.state];
    case 'burn':
      return windowOf(status, windowMs)?.burnRate ?? null;
    case 'trend':
      return riseOf(status.trend);
    case 'budget':
      return status.budgetRemaining;
    case 'exhaustion':
      // −1 travels for *never*, which is the longest time of all.
      return status.timeToExhaustionMs === -1 ? Number.POSITIVE_INFINITY : status.timeToExhaustionMs;
  }
}

/** By how much the burn of the last quarter lies above what it was before; null where either was not seen. */
function riseOf(trend: ObjectiveStatus['trend']): number | null {
  const cut = Math.ceil(trend.length * 0.75);
  const [before, late] = [meanOf(trend.slice(0, cut)), meanOf(trend.slice(cut))];
  return before === null || late === null ? null : late - before;
}

function meanOf(values: ObjectiveStatus['trend']): number | null {
  const seen = values.filter((one) => one !== null && Number.isFinite(one));
  return seen.length === 0 ? null : seen.reduce<number>((sum, one) => sum + (one ?? 0), 0) / seen.length;
}

function burnOf(status: ObjectiveStatus): number {
  return Math.max(-1, ...status.windows.map((one) => one.burnRate ?? -1));
}

function byName(a: ObjectiveStatus, b: ObjectiveStatus): number {
  return a.objective.title.localeCompare(b.objective.title);
}
