import { messageOf } from '../../shared/error/coded.ts';
import type { Incident } from '../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Clock, Logger } from '../platform/index.ts';
import type { Book, Change } from './book.ts';
import { isAtWork, isOver, step } from './lifecycle.ts';
import {
  allOver,
  allUnder,
  CLOCK_SET_BACK_MS,
  countPoll,
  isUnderBudget,
  type PollRow,
  pollWords,
} from './recovery.ts';

export interface PollWatch {
  take(status: ObjectiveStatus): Promise<void>;
  /** To be told of each change of an incident. */
  notice(incident: Incident): void;
  /** Since when each poll of the objective has been over its budget; null while the last one was not. */
  overSince(objectiveId: string): number | null;
}

/** Counts the polls of each open incident's objectives and says when it recovered, and when that did not hold. */
export function createPollWatch(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  book: Book,
): PollWatch {
  /** By incident and objective. Not kept over a restart: three polls are three polls. */
  const rows = new Map<string, Map<string, { readonly target: number; readonly row: PollRow }>>();

  const over = followOver();
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
    const worse = all.find(({ row }) => allOver(row));
    if (incident.recoveredAt === null || !worse) return null;
    const reason = pollWords(worse.id, worse.target, worse.row);
    return changeOf(incident, { kind: 'relapsed', reason }, now);
  };
  /** Polls of before a relapse or a step back are no part of the next recovery: it needs a row of its own. */
  const recovered = new Set<string>();
  const notice = ({ id, phase, recoveredAt }: Incident) => {
    if (isOver(phase)) rows.delete(id);
    if (recoveredAt !== null && !isOver(phase)) recovered.add(id);
    else if (recovered.delete(id)) rows.delete(id);
  };
  /** A log that refuses must not keep the alerts of this poll from being decided: the next poll says the same again. */
  const change = async (incident: Incident) => {
    try {
      await book.change(incident.id, decide);
    } catch (thrown) {
      logger.error(
        { incident: incident.name, problem: messageOf(thrown) },
        'what the polls say of an incident could not be saved',
      );
    }
  };
  return {
    notice,
    overSince: over.since,
    async take(status) {
      over.follow(status);
      const { id, target } = status.objective;
      for (const incident of book.list()) {
        if (isOver(incident.phase) || !incident.objectiveIds.includes(id)) continue;
        // A poll of before the opening says nothing about what came after.
        const beforeMs = status.evaluatedAt === null ? 0 : incident.openedAt - status.evaluatedAt;
        if (status.evaluatedAt !== null && beforeMs >= 0 && beforeMs < CLOCK_SET_BACK_MS) continue;
        const known = rowsOf(incident);
        const before = known.get(id)?.row ?? [];
        const row = countPoll(before, status);
        known.set(id, { target, row });
        if (row !== before && decide(incident) !== null) await change(incident);
      }
    },
  };
}

function changeOf(incident: Incident, event: Parameters<typeof step>[1], now: number): Change | null {
  const next = step(incident, event, now);
  return next.ok ? { incident: next.value.state, entries: next.value.effects } : null;
}

/** Since when each objective's polls have been over its budget, without a break. */
function followOver() {
  const over = new Map<string, number>();
  return {
    since: (objectiveId: string) => over.get(objectiveId) ?? null,
    follow({ objective, state, evaluatedAt, pollErrorRate }: ObjectiveStatus): void {
      if (state === 'blind' || evaluatedAt === null || pollErrorRate === null) return;
      if (isUnderBudget(pollErrorRate, objective.target)) over.delete(objective.id);
      else if (!over.has(objective.id)) over.set(objective.id, evaluatedAt);
    },
  };
}
