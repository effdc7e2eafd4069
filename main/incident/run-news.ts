import type { Incident, NewTimelineEntry, TimelineEntry } from '../../shared/model/incident.ts';
import type { PlaybookRun } from '../../shared/model/playbook.ts';
import type { Change } from './book.ts';
import { isAtWork, type LifecycleState, MIDWATCH, step, TRANSITIONS } from './lifecycle.ts';

/**
 * What a playbook run means for its incident: it is attached; a mitigation that has begun makes it *mitigating*,
 * one that is done makes it *resolving*. Null where nothing new follows, so the same run may be told again and again.
 */
export function runChange(
  incident: Incident,
  run: PlaybookRun,
  recent: readonly TimelineEntry[],
  now: number,
): Change | null {
  const backAt = setBackAt(recent);
  const attach = incident.runId === run.id ? {} : { runId: run.id };
  let state: LifecycleState = incident;
  const entries: NewTimelineEntry[] = [];
  const move = (to: 'mitigating' | 'resolving', reason: string) => {
    if (!isAtWork(state.phase) || TRANSITIONS[state.phase][to] !== 'forward') return;
    const next = step(state, { kind: 'move', to, by: MIDWATCH, reason }, now);
    if (!next.ok) return;
    state = next.value.state;
    entries.push(...next.value.effects);
  };
  for (const one of run.steps) {
    if (one.section !== 'mitigation') continue;
    if ((one.endedAt ?? one.startedAt ?? now) <= backAt) continue;
    const title = run.playbook.mitigation.find((planned) => planned.id === one.stepId)?.title ?? one.stepId;
    if (one.phase === 'running' || one.phase === 'done') move('mitigating', `playbook step "${title}" began`);
    if (one.phase === 'done') move('resolving', `playbook step "${title}" is done`);
  }
  if (entries.length === 0 && Object.keys(attach).length === 0) return null;
  const { phase, mitigatedAt } = state;
  return { incident: { ...attach, phase, mitigatedAt }, entries };
}

/** When the incident last went back or was reopened; a step done before that is no mitigation any more. */
function setBackAt(recent: readonly TimelineEntry[]): number {
  const last = recent.findLast(
    (entry) => entry.kind === 'phase' && /^(Relapse|Back|Reopened): /.test(entry.title),
  );
  return last?.at ?? Number.NEGATIVE_INFINITY;
}
