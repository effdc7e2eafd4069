import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import { formatPercent, formatSignificant } from '../../shared/unit/number.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';

/** Polls in a row that make *recovered*, and in a row that make a relapse of it. */
export const POLLS_IN_A_ROW = 3;

/** Polls overtake each other by seconds. One that is older by more than this is new, by a clock that was set back. */
export const CLOCK_SET_BACK_MS = MINUTE_MS;

/** One poll that had data. */
export interface PollFact {
  readonly at: number;
  readonly failed: number;
  readonly total: number;
  readonly under: boolean;
}

/** The latest polls with data of one objective, oldest first; at most as many as are needed in a row. */
export type PollRow = readonly PollFact[];

/** The row after one more poll. No data and blindness are no poll: they neither count nor break the row. */
export function countPoll(row: PollRow, status: ObjectiveStatus): PollRow {
  const { evaluatedAt, pollErrorRate, pollTotal, state, objective } = status;
  if (state === 'blind' || evaluatedAt === null || pollErrorRate === null || pollTotal === null) return row;
  if (!(pollTotal > 0) || Number.isNaN(pollErrorRate)) return row;
  const lastAt = row.at(-1)?.at;
  const backMs = lastAt === undefined ? 0 : lastAt - evaluatedAt;
  if (lastAt !== undefined && backMs >= 0 && backMs < CLOCK_SET_BACK_MS) return row;
  const fact: PollFact = {
    at: evaluatedAt,
    failed: pollErrorRate * pollTotal,
    total: pollTotal,
    under: isUnderBudget(pollErrorRate, objective.target),
  };
  // By another clock the polls before are no row with this one.
  return [...(backMs > 0 ? [] : row), fact].slice(-POLLS_IN_A_ROW);
}

/** A hair of tolerance: 1 − 0.9999 is a little less than 0.0001. */
export function isUnderBudget(errorRate: number, target: number): boolean {
  return errorRate <= (1 - target) * (1 + 1e-9);
}

export function allUnder(row: PollRow): boolean {
  return row.length === POLLS_IN_A_ROW && row.every((fact) => fact.under);
}

export function allOver(row: PollRow): boolean {
  return row.length === POLLS_IN_A_ROW && row.every((fact) => !fact.under);
}

/** "gateway-availability: 3 polls in a row at or under 0.1 %: 0 of 118, 0 of 120, 0 of 121 failed". */
export function pollWords(objectiveId: string, target: number, row: PollRow): string {
  const side = allUnder(row) ? 'at or under' : 'over';
  const counts = row
    .map(
      ({ failed, total }) =>
        `${formatSignificant(Math.round(failed))} of ${formatSignificant(Math.round(total))}`,
    )
    .join(', ');
  return `${objectiveId}: ${row.length} polls in a row ${side} ${formatPercent(1 - target)}: ${counts} failed`;
}
