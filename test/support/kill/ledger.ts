import { isDeepStrictEqual } from 'node:util';
import type { Incident, TimelineEntry } from '../../../shared/model/incident.ts';
import type { PlaybookRun, StepRun } from '../../../shared/model/playbook.ts';
import type { Postmortem } from '../../../shared/model/postmortem.ts';
import type { CoreProcess } from './core-process.ts';

/** What a restarted core says of one journey. */
export interface Testimony {
  readonly incidents: readonly Incident[];
  readonly runs: readonly PlaybookRun[];
  readonly timeline: readonly TimelineEntry[];
  readonly postmortem: Postmortem | null;
}

/**
 * Everything that a caller was told is so: answers, and what the state said (it speaks after the commit). What was asked
 * and not answered may have become so or not; nothing else may have changed.
 */
export class Ledger {
  readonly incidents = new Map<string, Incident>();
  readonly runs = new Map<string, PlaybookRun>();
  readonly entries = new Map<number, TimelineEntry>();
  readonly notes: string[] = [];
  readonly maybeNotes = new Set<string>();
  postmortem: Postmortem | null = null;
  maybeSummary: string | null = null;
  /** How often a person said *retry* of a step whose outcome was unknown, by step. */
  readonly retries = new Map<string, number>();

  seeIncident(incident: Incident): void {
    const known = this.incidents.get(incident.id);
    if (!known || known.revision <= incident.revision) this.incidents.set(incident.id, incident);
  }

  seeRun(run: PlaybookRun): void {
    const known = this.runs.get(run.id);
    if (!known || known.revision <= run.revision) this.runs.set(run.id, run);
  }

  seeTimeline(entries: readonly TimelineEntry[]): void {
    for (const entry of entries) this.entries.set(entry.seq, entry);
  }

  /** What of the acknowledged the core has lost or changed; empty where it is all there. */
  compare(now: Testimony): string[] {
    return [
      ...[...this.incidents.values()].flatMap((known) => compareIncident(known, now.incidents)),
      ...[...this.runs.values()].flatMap((known) => compareRun(known, now.runs)),
      ...this.compareTimeline(now.timeline),
      ...this.comparePostmortem(now.postmortem),
      ...oneIncidentAGroup(now.incidents),
    ];
  }

  private compareTimeline(timeline: readonly TimelineEntry[]): string[] {
    const problems: string[] = [];
    timeline.forEach((entry, index) => {
      const before = timeline[index - 1];
      if (entry.seq !== index + 1)
        problems.push(`entry ${index + 1} of the timeline is numbered ${entry.seq}`);
      if (before && entry.previousHash !== before.hash)
        problems.push(`the chain breaks at entry ${entry.seq}`);
    });
    for (const known of this.entries.values()) {
      const found = timeline.find((entry) => entry.seq === known.seq);
      if (!isDeepStrictEqual(found, known))
        problems.push(`entry ${known.seq} "${known.title}" is ${found ? `now "${found.title}"` : 'lost'}`);
    }
    for (const text of this.notes) {
      const times = timeline.filter((entry) => entry.kind === 'note' && saysNote(entry, text)).length;
      if (times !== 1) problems.push(`the note "${text}" is there ${times} times`);
    }
    for (const text of this.maybeNotes)
      if (timeline.filter((entry) => entry.kind === 'note' && saysNote(entry, text)).length > 1)
        problems.push(`the note "${text}" is there more than once`);
    return problems;
  }

  private comparePostmortem(now: Postmortem | null): string[] {
    const known = this.postmortem;
    if (!known) return [];
    if (!now) return ['the postmortem is lost'];
    if (now.revision < known.revision)
      return [`the postmortem went back from revision ${known.revision} to ${now.revision}`];
    const text = summaryOf(now);
    const fits = text === summaryOf(known) || (now.revision > known.revision && text === this.maybeSummary);
    return fits ? [] : [`the postmortem's summary is "${text}", saved was "${summaryOf(known)}"`];
  }
}

export function summaryOf(postmortem: Postmortem): string {
  return postmortem.sections.find((section) => section.id === 'summary')?.text ?? '';
}

export function saysNote(entry: TimelineEntry, text: string): boolean {
  return entry.title.includes(text) || entry.detail.includes(text);
}

function compareIncident(known: Incident, all: readonly Incident[]): string[] {
  const now = all.find((one) => one.id === known.id);
  if (!now) return [`${known.name} is lost`];
  if (now.revision < known.revision)
    return [`${known.name} went back from revision ${known.revision} to ${now.revision}`];
  // Entries and evidence are added without a new revision, and only ever added.
  if (now.timelineSeq < known.timelineSeq || now.evidenceCount < known.evidenceCount)
    return [`${known.name} has fewer entries or charts than before`];
  if (now.revision === known.revision) {
    const { timelineSeq, evidenceCount } = now;
    return isDeepStrictEqual(now, { ...known, timelineSeq, evidenceCount })
      ? []
      : [
          `${known.name} changed and kept its revision: ${JSON.stringify(known)} is now ${JSON.stringify(now)}`,
        ];
  }
  const { name, openedAt, acknowledgedAt, acknowledgedBy, alertIds, runId } = known;
  const problems: string[] = [];
  if (now.name !== name || now.openedAt !== openedAt) problems.push(`${name} is another incident`);
  if (
    acknowledgedAt !== null &&
    (now.acknowledgedAt !== acknowledgedAt || now.acknowledgedBy !== acknowledgedBy)
  )
    problems.push(`${name} lost its acknowledgement`);
  if (!alertIds.every((id) => now.alertIds.includes(id))) problems.push(`${name} lost an alert`);
  if (runId !== null && now.runId === null) problems.push(`${name} lost its run`);
  return problems;
}

const ENDED: readonly StepRun['phase'][] = ['done', 'found', 'skipped', 'failed'];

function compareRun(known: PlaybookRun, all: readonly PlaybookRun[]): string[] {
  const now = all.find((one) => one.id === known.id);
  if (!now) return [`the run ${known.id} is lost`];
  if (now.revision < known.revision)
    return [`the run went back from revision ${known.revision} to ${now.revision}`];
  return known.steps.flatMap((step, index) => {
    const after = now.steps[index];
    if (!after || after.stepId !== step.stepId) return [`step ${step.stepId} is lost`];
    if (after.phase === 'running') return [`step ${step.stepId} says that it runs after a restart`];
    if (after.attempt < step.attempt) return [`step ${step.stepId} lost an attempt`];
    if (ENDED.includes(step.phase) && !isDeepStrictEqual(after, step))
      return [`step ${step.stepId} was ${step.phase}, now ${after.phase}`];
    return step.phase === 'running' && after.phase === 'waiting'
      ? [`step ${step.stepId} had begun and is waiting again: it would run twice`]
      : [];
  });
}

function oneIncidentAGroup(incidents: readonly Incident[]): string[] {
  const problems: string[] = [];
  const groups = Map.groupBy(incidents, (incident) => incident.groupKey);
  for (const [group, of] of groups)
    if (group !== null && of.length > 1) problems.push(`${of.length} incidents of the group ${group}`);
  const alertIds = incidents.flatMap((incident) => incident.alertIds);
  if (new Set(alertIds).size !== alertIds.length) problems.push('one alert is in two incidents');
  return problems;
}

/** Asks a core for everything that the ledger may hold. */
export async function testify(core: CoreProcess, ledger: Ledger): Promise<Testimony> {
  const state = await core.ask(async (call) => {
    for await (const frame of await call.state.watch()) if (frame.kind === 'snapshot') return frame.changes;
    throw new Error('The state began without a snapshot.');
  });
  const incidents = state.flatMap((change) => (change.collection === 'incidents' ? change.upsert : []));
  const runs = state.flatMap((change) => (change.collection === 'runs' ? change.upsert : []));
  const [id] = [...ledger.incidents.keys(), ...incidents.map((one) => one.id)];
  if (id === undefined) return { incidents, runs, timeline: [], postmortem: null };
  const timeline = await core.ask((call) => call.incident.timeline({ id, afterSeq: 0 }));
  const postmortem = ledger.postmortem
    ? await core.ask((call) => call.postmortem.get({ incidentId: id }))
    : null;
  return { incidents, runs, timeline, postmortem };
}
