import { ok } from '../../shared/error/result.ts';
import type { Incident, IncidentPhase, TimelineEntry } from '../../shared/model/incident.ts';
import type { Severity } from '../../shared/model/priority.ts';
import { type EvidenceView, readEvidence } from './evidence.ts';
import { createLoadedStore, createLoader, type LoadedStore } from './loaded.ts';
import type { Requests } from './request.ts';
import type { UiActions } from './ui.ts';

/** The parts of an incident that are too long for the mirrored state, and what may be done with one. */
export interface IncidentDomain {
  readonly timeline: LoadedStore<readonly TimelineEntry[]>;
  readonly evidence: LoadedStore<readonly EvidenceView[]>;
  loadTimeline(id: string): Promise<void>;
  /** With the samples after the kept ones up to `liveAt`; null for an incident that is over. */
  loadEvidence(id: string, liveAt: number | null): Promise<void>;
  acknowledge(incident: Incident): Promise<void>;
  changePhase(incident: Incident, to: IncidentPhase, reason: string): Promise<boolean>;
  changeSeverity(incident: Incident, severity: Severity, reason: string): Promise<boolean>;
  addNote(id: string, text: string): Promise<boolean>;
  openByHand(title: string, service: string, severity: Severity): Promise<Incident | null>;
}

export function createIncidentDomain(requests: Requests, ui: UiActions): IncidentDomain {
  const timeline = createLoadedStore<readonly TimelineEntry[]>();
  const evidence = createLoadedStore<readonly EvidenceView[]>();
  const loadTimelineOf = createLoader(timeline);
  const loadEvidenceOf = createLoader(evidence);
  return {
    timeline,
    evidence,
    loadTimeline: (id) =>
      loadTimelineOf(id, async (before) => {
        const afterSeq = before?.at(-1)?.seq ?? 0;
        const more = await requests.quiet((api) => api.incident.timeline({ id, afterSeq }));
        return more.ok ? ok(joinTimeline(before ?? [], more.value)) : more;
      }),
    loadEvidence: (id, liveAt) =>
      loadEvidenceOf(id, (before) =>
        requests.quiet(async (api) => {
          const charts = await api.incident.evidence({ id });
          const known = new Map(before?.map((view) => [view.chart.id, view]));
          return Promise.all(charts.map((chart) => readEvidence(api, chart, known.get(chart.id), liveAt)));
        }),
      ),
    acknowledge: async (incident) => {
      const done = await requests.say(`acknowledge:${incident.id}`, (api) =>
        api.incident.acknowledge({ id: incident.id }),
      );
      if (done.ok) ui.toast('ok', `${incident.name} acknowledged.`);
    },
    changePhase: async ({ id, name, revision }, to, reason) => {
      const done = await requests.say(`phase:${id}`, (api) =>
        api.incident.changePhase({ id, to, reason, revision }),
      );
      if (done.ok) ui.toast('ok', `${name} is now ${to}.`);
      return done.ok;
    },
    changeSeverity: async ({ id, name, revision }, severity, reason) => {
      const done = await requests.say(`severity:${id}`, (api) =>
        api.incident.changeSeverity({ id, severity, reason, revision }),
      );
      if (done.ok) ui.toast('ok', `${name} is ${severity}.`);
      return done.ok;
    },
    addNote: async (id, text) =>
      (await requests.say(`note:${id}`, (api) => api.incident.addNote({ id, text }))).ok,
    openByHand: async (title, service, severity) => {
      const done = await requests.say('open-incident', (api) =>
        api.incident.openByHand({ title, service, severity }),
      );
      return done.ok ? done.value : null;
    },
  };
}

/** Entries by number, each once, oldest first. */
export function joinTimeline(
  before: readonly TimelineEntry[],
  more: readonly TimelineEntry[],
): readonly TimelineEntry[] {
  const bySeq = new Map([...before, ...more].map((entry) => [entry.seq, entry]));
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}
