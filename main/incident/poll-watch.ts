import type { Incident } from '../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Clock } from '../platform/index.ts';
import type { Book, Change } from './book.ts';
import { isAtWork, isOver, step } from './lifecycle.ts';
import { allOver, allUnder, countPoll, type PollRow, pollWords } from './recovery.ts';

export interface PollWatch {
  take(status: ObjectiveStatus): Promise<void>;
  /** Since when each poll of the objective has been over its budget; null while the last one was not. */
  overSince(objectiveId: string): number | null;
}

/** Counts the polls of each open incident's objectives and says when it recovered, and when that did not hold. */
export function createPollWatch(clock: Clock, book: Book): PollWatch {
  /** By incident and objective. Not kept over a restart: three polls are three polls. */
  const rows = new Map<string, Map<string, { readonly target: number; readonly row: PollRow }>>();

  const over = new Map<string, number>();
  const follow = ({ objective, state, evaluatedAt, pollErrorRate }: ObjectiveStatus) => {
    if (state === 'blind' || evaluatedAt === null || pollErrorRate === null) return;
    if (pollErrorRate <= 1 - objective.target) over.delete(objective.id);
    else if (!over.has(objective.id)) over.set(objective.id, evaluatedAt);
  };
  const rowsOf = (incident: Incident) => {
    const known = rows.get(incident.id) ?? new Map<string, { target: number; row: PollRow }>();
    rows.set(incident.id, known);
    return known;
  };
  const decide = (incident: Incident): Change | null => {
    const known = rowsOf(incident);
    const all = incident.objectiveIds.map((id) => ({ id, ...(known.get(id) ?? { target: 1, row: [] }) }));
    const now = clock.now();
    if (isAtWork(incident.phase) && all.every(({ row }) => allUnder(row))) {
      const sinceAt = Math.max(...all.map(({ row }) => row[0]?.at ?? now));
      const reason = all.map(({ id, target, row }) => pollWords(id, target, row)).join('; ');
      return changeOf(incident, { kind: 'recovered', sinceAt, reason }, now);
    }
    const over = all.find(({ row }) => allOver(row));
    if (incident.recoveredAt === null || !over) return null;
    return changeOf(incident, { kind: 'relapsed', reason: pollWords(over.id, over.target, over.row) }, now);
  };
  return {
    overSince: (objectiveId) => over.get(objectiveId) ?? null,
    async take(status) {
      follow(status);
      const { id, target } = status.objective;
      for (const incident of book.list()) {
        if (isOver(incident.phase)) {
          rows.delete(incident.id);
          continue;
        }
        if (!incident.objectiveIds.includes(id)) continue;
        // A poll of before the opening says nothing about what came after.
        if (status.evaluatedAt !== null && status.evaluatedAt <= incident.openedAt) continue;
        const known = rowsOf(incident);
        const before = known.get(id)?.row ?? [];
        const row = countPoll(before, status);
        known.set(id, { target, row });
        if (row !== before && decide(incident) !== null) await book.change(incident.id, decide);
      }
    },
  };
}

function changeOf(incident: Incident, event: Parameters<typeof step>[1], now: number): Change | null {
  const next = step(incident, event, now);
  return next.ok ? { incident: next.value.state, entries: next.value.effects } : null;
}
