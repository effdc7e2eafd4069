import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';
import { encodeSeries } from '../../../shared/contract/series-file.ts';
import type { Incident, TimelineKind } from '../../../shared/model/incident.ts';
import type { Series } from '../../../shared/model/metric.ts';
import type { PlaybookRun, StepRun } from '../../../shared/model/playbook.ts';
import { channel } from './channel.ts';
import { acknowledgeIn, alertsOf } from './fake-alert.ts';
import { fakeHistory, fakeReport } from './fake-health.ts';
import { objectivesOf } from './fake-objective.ts';
import { queriesOf } from './fake-query.ts';
import { silencesOf } from './fake-silence.ts';
import type { FakeState } from './fake-state.ts';
import { tracesOf } from './fake-trace.ts';

const MINUTE_MS = 60_000;

function blob(series: readonly Series[]): Blob {
  return new Blob([encodeSeries({ series, unwatched: [] })]);
}

/** Answers the whole contract from the fake state; what a person does really changes it. */
export function fakeRouter(state: FakeState) {
  const os = implement(contract);
  return os.router({
    system: systemOf(state),
    state: {
      watch: os.state.watch.handler(({ signal }) => channel((push) => state.watch(push), signal)),
    },
    health: {
      report: os.health.report.handler(() => fakeReport(state)),
      history: os.health.history.handler(({ input }) => fakeHistory(state, input)),
    },
    source: {
      exemplars: os.source.exemplars.handler(() => state.exemplars),
      tryNow: os.source.tryNow.handler(({ input }) => note(state, 'source.tryNow', input)),
      watched: os.source.watched.handler(({ input }) => {
        note(state, 'source.watched', input);
        return [...state.watched];
      }),
    },
    alert: alertsOf(state),
    incident: incidentsOf(state),
    objective: objectivesOf(state),
    playbook: playbooksOf(state),
    postmortem: postmortemsOf(state),
    query: queriesOf(state),
    series: {
      range: os.series.range.handler(() => blob([])),
      instant: os.series.instant.handler(() => []),
      burn: os.series.burn.handler(({ input }) =>
        blob(state.burn.get(input.objectiveId)?.(input.fromAt, input.toAt, input.stepMs) ?? []),
      ),
      budget: os.series.budget.handler(({ input }) => blob(state.budget.get(input.objectiveId) ?? [])),
    },
    silence: silencesOf(state),
    trace: tracesOf(state),
    secret: {
      place: os.secret.place.handler(() => ({ place: 'sealed' as const, problem: null })),
      keep: os.secret.keep.handler(({ input }) => {
        note(state, 'secret.keep', { name: input.name });
        return { place: 'sealed' as const, reference: `keychain:${input.name}`, problem: null };
      }),
    },
    workspace: workspaceOf(state),
    discover: {
      catalogue: os.discover.catalogue.handler(() => []),
      probe: os.discover.probe.handler(({ input }) => ({
        kind: 'prometheus' as const,
        url: input.url,
        latencyMs: 3,
        said: 'A Prometheus-compatible API answers.',
      })),
      look: os.discover.look.handler(async function* () {
        yield { kind: 'found' as const, discovery: state.discovery };
      }),
    },
    demo: demoOf(state),
  });
}

function note(state: FakeState, name: string, input: unknown): void {
  state.asked.push({ name, input });
}

function systemOf(state: FakeState) {
  const os = implement(contract);
  return {
    hello: os.system.hello.handler(() => ({
      version: '0.1.0',
      host: 'node' as const,
      workspace: state.workspace,
      demo: state.demo,
      at: state.now(),
    })),
    notifications: os.system.notifications.handler(({ signal }) =>
      channel((push) => state.onPage(push), signal),
    ),
    notificationShown: os.system.notificationShown.handler(({ input }) => {
      state.shown.push(input);
    }),
    sendTest: os.system.sendTest.handler(({ input }) => {
      note(state, 'system.sendTest', input);
      return { text: `The test reached ${input.receiver}.` };
    }),
    sendTestPage: os.system.sendTestPage.handler(({ input }) => {
      note(state, 'system.sendTestPage', input);
      return { text: 'Shown by desktop.' };
    }),
  };
}

function workspaceOf(state: FakeState) {
  const os = implement(contract);
  const files = [{ file: 'midwatch.yaml', change: 'changed' as const, version: '1', diff: '' }];
  return {
    read: os.workspace.read.handler(({ input }) => ({ file: input.file, text: '', version: '1' })),
    preview: os.workspace.preview.handler(({ input }) => {
      note(state, 'workspace.preview', input);
      return { loads: true, files, problems: [] };
    }),
    apply: os.workspace.apply.handler(({ input }) => {
      note(state, 'workspace.apply', input);
      return { files, problems: [], running: true };
    }),
  };
}

function incidentsOf(state: FakeState) {
  const os = implement(contract);
  const get = (id: string): Incident => {
    const incident = state.collections.incidents.get(id);
    if (!incident) throw new Error(`no incident ${id}`);
    return incident;
  };
  const change = (
    incident: Incident,
    with_: Partial<Incident>,
    kind: TimelineKind,
    title: string,
    detail = '',
  ): Incident => {
    const seq = incident.timelineSeq + 1;
    const entry = {
      incidentId: incident.id,
      seq,
      at: state.now(),
      kind,
      actor: 'You',
      title,
      detail,
      previousHash: '',
      hash: '',
    };
    state.timelines.set(incident.id, [...(state.timelines.get(incident.id) ?? []), entry]);
    const next = { ...incident, ...with_, timelineSeq: seq, revision: incident.revision + 1 };
    state.put('incidents', next);
    return next;
  };
  return {
    timeline: os.incident.timeline.handler(({ input }) =>
      (state.timelines.get(input.id) ?? []).filter((entry) => entry.seq > input.afterSeq),
    ),
    evidence: os.incident.evidence.handler(({ input }) =>
      (state.evidence.get(input.id) ?? []).map((one) => one.chart),
    ),
    evidenceSamples: os.incident.evidenceSamples.handler(({ input }) => {
      for (const list of state.evidence.values())
        for (const one of list) if (one.chart.id === input.evidenceId) return blob(one.series);
      return blob([]);
    }),
    acknowledge: os.incident.acknowledge.handler(({ input }) => {
      note(state, 'incident.acknowledge', input);
      for (const id of get(input.id).alertIds) acknowledgeIn(state, id);
      const acknowledged = {
        acknowledgedAt: state.now(),
        acknowledgedBy: 'You',
        phase: 'responding' as const,
      };
      return change(get(input.id), acknowledged, 'acknowledged', 'Acknowledged');
    }),
    changePhase: os.incident.changePhase.handler(({ input, errors }) => {
      const incident = get(input.id);
      if (incident.phase === 'responding' && input.to === 'closed')
        throw errors.REFUSED({
          message: 'INC is responding: it must be resolved before it is closed.',
          data: { code: 'phase' },
        });
      note(state, 'incident.changePhase', input);
      return change(
        incident,
        { phase: input.to, closedAt: input.to === 'closed' ? state.now() : null },
        'phase',
        `${incident.phase} → ${input.to}`,
        input.reason,
      );
    }),
    changeSeverity: os.incident.changeSeverity.handler(({ input }) => {
      note(state, 'incident.changeSeverity', input);
      return change(
        get(input.id),
        { severity: input.severity, severityConfirmedAt: state.now() },
        'severity',
        `${input.severity} confirmed`,
        input.reason,
      );
    }),
    addNote: os.incident.addNote.handler(({ input }) => {
      note(state, 'incident.addNote', input);
      return change(get(input.id), {}, 'note', input.text);
    }),
    openByHand: os.incident.openByHand.handler(() => {
      throw new Error('not in the fake core');
    }),
  };
}

function playbooksOf(state: FakeState) {
  const os = implement(contract);
  const put = (run: PlaybookRun): PlaybookRun => {
    state.put('runs', run);
    return run;
  };
  const get = (id: string): PlaybookRun => {
    const run = state.collections.runs.get(id);
    if (!run) throw new Error(`no run ${id}`);
    return run;
  };
  const finish = (run: PlaybookRun, index: number, step: Partial<StepRun>): PlaybookRun => {
    const steps = run.steps.map((one, at) =>
      at === index ? { ...one, endedAt: state.now(), ...step } : one,
    );
    const nextStep = index + 1 < steps.length ? index + 1 : null;
    return put({
      ...run,
      steps,
      nextStep,
      endedAt: nextStep === null ? state.now() : null,
      revision: run.revision + 1,
    });
  };
  return {
    start: os.playbook.start.handler(({ input }) => {
      note(state, 'playbook.start', input);
      const playbook = state.collections.playbooks.get(input.playbookId);
      const incident = state.collections.incidents.get(input.incidentId);
      if (!playbook || !incident) throw new Error('unknown playbook or incident');
      const waiting = (stepId: string, section: 'diagnosis' | 'mitigation'): StepRun => ({
        stepId,
        section,
        phase: 'waiting',
        attempt: 0,
        startedAt: null,
        endedAt: null,
        actor: null,
        input: null,
        output: null,
        reason: null,
        verified: null,
      });
      const steps = [
        ...playbook.diagnosis.map((one) => waiting(one.id, 'diagnosis')),
        ...playbook.mitigation.map((one) => waiting(one.id, 'mitigation')),
      ];
      const run: PlaybookRun = {
        id: `run-${input.incidentId}`,
        playbook,
        incidentId: input.incidentId,
        startedAt: state.now(),
        endedAt: null,
        revision: 1,
        steps,
        nextStep: 0,
        rootCause: null,
      };
      state.put('incidents', { ...incident, runId: run.id });
      return put(run);
    }),
    runNext: os.playbook.runNext.handler(({ input, errors }) => {
      const run = get(input.runId);
      const index = run.nextStep;
      const all = [...run.playbook.diagnosis, ...run.playbook.mitigation];
      const step = index === null ? undefined : all[index];
      if (index === null || !step)
        throw errors.REFUSED({ message: 'No step is left.', data: { code: 'done' } });
      if (step.kind === 'http' && step.confirm && input.confirmation?.typed !== step.confirm)
        throw errors.CONFIRMATION_NEEDED({
          message: `Type ${step.confirm}.`,
          data: { type: step.confirm, stepId: step.id },
        });
      note(state, 'playbook.runNext', input);
      return finish(run, index, {
        phase: 'done',
        startedAt: state.now(),
        attempt: 1,
        actor: 'You',
        output: input.observed ?? 'answered 200',
      });
    }),
    dryRun: os.playbook.dryRun.handler(({ input }) => ({
      text: `POST http://127.0.0.1:9/rollback\n\n{"step":"${input.stepId}"}`,
    })),
    retry: os.playbook.retry.handler(({ input }) => get(input.runId)),
    decide: os.playbook.decide.handler(({ input }) => {
      note(state, 'playbook.decide', input);
      const run = get(input.runId);
      const index = run.steps.findIndex((one) => one.stepId === input.stepId);
      return finish(run, index, {
        phase: input.decision === 'skip' ? 'skipped' : 'done',
        reason: `decided by you: ${input.decision}`,
      });
    }),
    stop: os.playbook.stop.handler(({ input }) => {
      note(state, 'playbook.stop', input);
      return put({ ...get(input.runId), endedAt: state.now(), nextStep: null });
    }),
  };
}

function postmortemsOf(state: FakeState) {
  const os = implement(contract);
  return {
    get: os.postmortem.get.handler(({ input, errors }) => {
      const found = state.postmortems.get(input.incidentId);
      if (!found) throw errors.NOT_FOUND({ message: 'There is no draft.', data: { what: 'postmortem' } });
      return found;
    }),
    save: os.postmortem.save.handler(({ input, errors }) => {
      const found = state.postmortems.get(input.incidentId);
      if (!found) throw errors.NOT_FOUND({ message: 'There is no draft.', data: { what: 'postmortem' } });
      if (found.revision !== input.revision)
        throw errors.STALE({ message: 'Somebody else saved it.', data: { revision: found.revision } });
      note(state, 'postmortem.save', input);
      const sections = found.sections.map((one) => {
        const written = input.sections.find((other) => other.id === one.id);
        return written
          ? {
              ...one,
              text: written.text,
              origin: written.text === '' ? ('empty' as const) : ('written' as const),
            }
          : one;
      });
      const next = {
        ...found,
        title: input.title,
        sections,
        revision: found.revision + 1,
        savedAt: state.now(),
      };
      state.postmortems.set(input.incidentId, next);
      return next;
    }),
    exportMarkdown: os.postmortem.exportMarkdown.handler(({ input }) => {
      note(state, 'postmortem.exportMarkdown', input);
      const path = `exports/${input.incidentId}`;
      return { path, files: ['postmortem.md', 'burn.svg'], markdown: '# Postmortem\n' };
    }),
  };
}

function demoOf(state: FakeState) {
  const os = implement(contract);
  return {
    state: os.demo.state.handler(() => ({ available: state.demo, faults: state.faults })),
    inject: os.demo.inject.handler(({ input }) => {
      note(state, 'demo.inject', input);
      const fault = {
        id: `fault-${state.faults.length + 1}`,
        kind: input.kind,
        service: 'ranking-model',
        endsAt: state.now() + 10 * MINUTE_MS,
      };
      state.faults.push(fault);
      return { id: fault.id, endsAt: fault.endsAt };
    }),
    clear: os.demo.clear.handler(({ input }) => {
      note(state, 'demo.clear', input);
      state.faults.splice(0, state.faults.length, ...state.faults.filter((one) => one.id !== input.id));
    }),
  };
}
