import { useMemo } from 'react';
import type { Incident } from '../../shared/model/incident.ts';
import type { Core } from './core.ts';
import { type PlaybookView, playbookOf } from './step.ts';
import { isOpen, type QueueEntry, type QueueGroup } from './triage.ts';
import type { UiState } from './ui.ts';
import { useCollection, useCore, useNowEvery, useUi } from './use-core.tsx';

const MINUTE_MS = 60_000;

/** The queue as it stands, for components. */
export function useTriage(): { ready: boolean; groups: readonly QueueGroup[] } {
  const core = useCore();
  const { ready } = useCollection('incidents');
  useCollection('alerts');
  useCollection('sources');
  useCollection('health');
  useNowEvery(MINUTE_MS);
  return { ready, groups: core.triage() };
}

export function flatten(groups: readonly QueueGroup[]): readonly QueueEntry[] {
  return groups.flatMap((group) => group.entries);
}

/** The selected row; where the selected one is gone, the first. */
export function selectedEntry(entries: readonly QueueEntry[], key: string | null): QueueEntry | null {
  return entries.find((entry) => entry.key === key) ?? entries[0] ?? null;
}

/** The incident that the keys `a`, `s`, `r` … act on: the open page's, or the one selected in the queue. */
export function incidentInHand(core: Core): Incident | null {
  const { route, queueKey } = core.uiStore.getState();
  const incidents = core.mirror.incidents.getState().byId;
  if (route.screen === 'incident') return route.id === null ? null : (incidents.get(route.id) ?? null);
  if (route.screen !== 'triage') return null;
  return incidentOfEntry(selectedEntry(flatten(core.triage()), queueKey), incidents);
}

export function incidentOfEntry(
  entry: QueueEntry | null,
  incidents: ReadonlyMap<string, Incident>,
): Incident | null {
  if (entry?.kind === 'incident') return entry.incident;
  if (entry?.kind === 'alert' && entry.alert.incidentId) return incidents.get(entry.alert.incidentId) ?? null;
  return null;
}

/** Where *Incident* in the rail leads: the most urgent open one, else the newest, else the empty list. */
export function incidentToShow(incidents: Iterable<Incident>, ui: Pick<UiState, 'route'>): string | null {
  if (ui.route.screen === 'incident' && ui.route.id !== null) return ui.route.id;
  const open = [...incidents].filter(isOpen);
  open.sort((a, b) => a.severity.localeCompare(b.severity) || a.startedAt - b.startedAt);
  return open[0]?.id ?? null;
}

export function usePlaybookView(incident: Incident): PlaybookView | null {
  const playbooks = useCollection('playbooks').byId;
  const runs = useCollection('runs').byId;
  return useMemo(() => playbookOf(incident, playbooks, runs), [incident, playbooks, runs]);
}

export function playbookNow(core: Core, incident: Incident): PlaybookView | null {
  return playbookOf(incident, core.mirror.playbooks.getState().byId, core.mirror.runs.getState().byId);
}

/** Newest first. */
export function useIncidents(): readonly Incident[] {
  const { byId } = useCollection('incidents');
  return useMemo(() => [...byId.values()].sort((a, b) => b.openedAt - a.openedAt), [byId]);
}

export function useSelectedKey(): string | null {
  return useUi((state) => state.queueKey);
}
