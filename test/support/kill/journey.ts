import { setTimeout as wait } from 'node:timers/promises';
import type { Incident } from '../../../shared/model/incident.ts';
import type { PlaybookRun } from '../../../shared/model/playbook.ts';
import { CoreDied, type CoreProcess } from './core-process.ts';
import { type Ledger, saysNote, summaryOf } from './ledger.ts';

/** What drives one journey, kept over all lives of the core: what a person at the window knows and does. */
export interface Journey {
  readonly ledger: Ledger;
  /** Breaks the fleet; once a journey. */
  readonly breakFleet: () => Promise<void>;
  broken: boolean;
  /** True once the person has written the last word and the incident has recovered. */
  done: boolean;
  notesWritten: number;
  draftsSaved: number;
  /** On the monotonic clock; a journey that takes longer is stuck, and says where. */
  readonly deadlineMs: number;
}

const NOTES = 6;
const DRAFTS = 8;
const LOOK_MS = 150;

/** Goes on with the journey from wherever it is, until it is done or the core dies. */
export async function drive(core: CoreProcess, journey: Journey): Promise<void> {
  const { ledger } = journey;
  const ending = new AbortController();
  const listening = listen(core, ledger, ending.signal);
  let died = false;
  try {
    if (!journey.broken) {
      await core.client.until(
        'objectives',
        60_000,
        'the gateway was never evaluated',
        ({ objective, state }) => objective.id === 'gateway-availability' && state === 'ok',
      );
      await journey.breakFleet();
      journey.broken = true;
    }
    while (!journey.done && !core.dead) {
      if (performance.now() > journey.deadlineMs)
        throw new Error(`The journey is stuck: ${whereIs(journey)}`);
      await act(core, journey);
      await wait(LOOK_MS);
    }
  } catch (thrown) {
    died = true;
    if (!core.dead && !(thrown instanceof CoreDied)) throw thrown;
  } finally {
    // Of a dead core the streams end with its socket; a word to it would find the socket closed.
    if (!died && !core.dead) {
      ending.abort();
      await listening;
    }
  }
}

function whereIs({ ledger, notesWritten, draftsSaved, broken }: Journey): string {
  const incidents = [...ledger.incidents.values()].map(
    (one) => `${one.name} ${one.phase}, recovered ${one.recoveredAt ?? 'not yet'}`,
  );
  const steps = [...ledger.runs.values()].flatMap((run) =>
    run.steps.map((one) => `${one.stepId} ${one.phase} (${one.reason ?? ''} ${one.verified ?? ''})`),
  );
  return JSON.stringify({ broken, incidents, steps, notesWritten, draftsSaved });
}

/** What the state says is committed: it counts as acknowledged. */
async function listen(core: CoreProcess, ledger: Ledger, signal: AbortSignal): Promise<void> {
  try {
    for await (const frame of await core.client.call.state.watch(undefined, { signal })) {
      if (frame.kind === 'beat') continue;
      for (const change of frame.changes) {
        if (change.collection === 'incidents') for (const one of change.upsert) ledger.seeIncident(one);
        if (change.collection === 'runs') for (const one of change.upsert) ledger.seeRun(one);
      }
    }
  } catch {
    // The socket breaks with the process; what was heard until then is in the ledger.
    return;
  }
}

/** One thing that a person does next. */
async function act(core: CoreProcess, journey: Journey): Promise<void> {
  const { ledger } = journey;
  const incident = [...ledger.incidents.values()][0];
  if (!incident) return;
  if (incident.acknowledgedAt === null)
    ledger.seeIncident(await core.ask((call) => call.incident.acknowledge({ id: incident.id })));
  else await work(core, journey, incident);
  const afterSeq = Math.max(0, ...ledger.entries.keys());
  ledger.seeTimeline(await core.ask((call) => call.incident.timeline({ id: incident.id, afterSeq })));
}

async function work(core: CoreProcess, journey: Journey, incident: Incident): Promise<void> {
  const run = [...journey.ledger.runs.values()][0];
  if (journey.notesWritten < NOTES) await note(core, journey, incident);
  if (journey.draftsSaved < DRAFTS) await saveDraft(core, journey, incident);
  if (!run) {
    const playbookId = incident.playbookId ?? 'model-degraded';
    const started = await core.ask((call) => call.playbook.start({ incidentId: incident.id, playbookId }));
    journey.ledger.seeRun(started);
  } else if (run.endedAt === null) await runNext(core, journey.ledger, run);
  else
    journey.done =
      incident.recoveredAt !== null && journey.notesWritten >= NOTES && journey.draftsSaved >= DRAFTS;
}

/** A note that was not answered may be there or not: the timeline is read before it would be written again. */
async function note(core: CoreProcess, journey: Journey, incident: Incident): Promise<void> {
  const { ledger } = journey;
  const text = `note ${journey.notesWritten + 1} of what I see`;
  if (ledger.maybeNotes.has(text)) {
    const all = await core.ask((call) => call.incident.timeline({ id: incident.id, afterSeq: 0 }));
    if (!all.some((entry) => entry.kind === 'note' && saysNote(entry, text)))
      ledger.seeIncident(await core.ask((call) => call.incident.addNote({ id: incident.id, text })));
  } else {
    ledger.maybeNotes.add(text);
    ledger.seeIncident(await core.ask((call) => call.incident.addNote({ id: incident.id, text })));
  }
  ledger.maybeNotes.delete(text);
  ledger.notes.push(text);
  journey.notesWritten += 1;
}

async function saveDraft(core: CoreProcess, journey: Journey, incident: Incident): Promise<void> {
  const { ledger } = journey;
  const incidentId = incident.id;
  const read = await core.ask((call) => call.postmortem.get({ incidentId }));
  const text = `What happened, version ${journey.draftsSaved + 1}, written by hand.`;
  ledger.postmortem ??= read;
  ledger.maybeSummary = text;
  ledger.postmortem = await core.ask((call) =>
    call.postmortem.save({
      incidentId,
      revision: read.revision,
      title: read.title,
      sections: read.sections.map(({ id, text: was }) => ({ id, text: id === 'summary' ? text : was })),
    }),
  );
  ledger.maybeSummary = null;
  if (summaryOf(ledger.postmortem) !== text) throw new Error('The answer to a save is not what was saved.');
  journey.draftsSaved += 1;
}

/** Runs the next step; one whose outcome a crash has lost is decided first, always by *retry* with the same key. */
async function runNext(core: CoreProcess, ledger: Ledger, run: PlaybookRun): Promise<void> {
  const at = run.nextStep === null ? undefined : run.steps[run.nextStep];
  if (!at) return;
  if (at.phase === 'unknown') {
    ledger.seeRun(
      await core.ask((call) => call.playbook.decide({ runId: run.id, stepId: at.stepId, decision: 'retry' })),
    );
    ledger.retries.set(at.stepId, (ledger.retries.get(at.stepId) ?? 0) + 1);
    return;
  }
  const all = [...run.playbook.diagnosis, ...run.playbook.mitigation];
  // The step that really asks may come after some whose condition does not hold: each is named until one is it.
  const asking = all
    .slice(run.nextStep ?? 0)
    .find((step) => step.kind === 'http' && step.confirm !== undefined);
  const typed = asking?.kind === 'http' ? asking.confirm : undefined;
  const confirmation = asking && typed !== undefined ? { confirmation: { stepId: asking.id, typed } } : {};
  try {
    ledger.seeRun(
      await core.ask((call) =>
        call.playbook.runNext({ runId: run.id, ...confirmation, observed: 'I looked, and it is so.' }),
      ),
    );
  } catch (thrown) {
    if (!isConfirmationNeeded(thrown)) throw thrown;
    const { type, stepId } = thrown.data;
    ledger.seeRun(
      await core.ask((call) =>
        call.playbook.runNext({ runId: run.id, confirmation: { stepId: stepId ?? at.stepId, typed: type } }),
      ),
    );
  }
}

function isConfirmationNeeded(thrown: unknown): thrown is { data: { type: string; stepId?: string } } {
  return (
    typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'CONFIRMATION_NEEDED'
  );
}
