import type { Incident } from '../../shared/model/incident.ts';
import type { PlaybookRun } from '../../shared/model/playbook.ts';
import type { Requests } from './request.ts';
import { type PlaybookView, writtenRequest } from './step.ts';
import type { UiActions } from './ui.ts';

/** Runs playbook steps; asks the person first where a step needs a name typed or an observation. */
export interface PlaybookDomain {
  /** The key `r`: starts the run where there is none, then runs the next step or asks for what it needs. */
  runNext(incident: Incident, view: PlaybookView): Promise<void>;
  confirmed(runId: string, stepId: string, typed: string, retry: boolean): Promise<boolean>;
  observed(runId: string, text: string): Promise<boolean>;
  dryRun(view: PlaybookView): Promise<void>;
  retry(runId: string, stepId: string): Promise<void>;
  decide(runId: string, stepId: string, decision: 'done' | 'skip' | 'retry'): Promise<void>;
  stop(runId: string): Promise<void>;
}

export function createPlaybookDomain(requests: Requests, ui: UiActions): PlaybookDomain {
  /** Shows what would be sent, with its real arguments, before the name is typed. */
  const ask = async (runId: string, needed: { type: string; stepId: string }, again: boolean) => {
    const preview = await requests.say(`dry-run:${runId}`, (api) =>
      api.playbook.dryRun({ runId, stepId: needed.stepId }),
    );
    if (preview.ok)
      ui.open({ kind: 'confirm-step', runId, ...needed, request: preview.value.text, retry: again });
  };
  const advance = async (
    runId: string,
    extra: { confirmation?: { stepId: string; typed: string }; observed?: string },
  ): Promise<boolean> => {
    const done = await requests.say(`run:${runId}`, (api) => api.playbook.runNext({ runId, ...extra }));
    // The core passes over steps whose condition does not hold, then asks for the one that would run.
    if (!done.ok && done.error.confirmation !== null) await ask(runId, done.error.confirmation, false);
    return done.ok;
  };
  const retry = async (runId: string, stepId: string, confirmation?: string): Promise<boolean> => {
    const done = await requests.say(`run:${runId}`, (api) =>
      api.playbook.retry({
        runId,
        stepId,
        ...(confirmation === undefined ? {} : { confirmation: { stepId, typed: confirmation } }),
      }),
    );
    if (!done.ok && done.error.confirmation !== null) await ask(runId, done.error.confirmation, true);
    return done.ok;
  };
  return {
    runNext: async (incident, view) => {
      // A key pressed twice must not start a second run, nor ask for a step while one is under way.
      const under = [`run:${incident.id}`, ...(view.run ? [`run:${view.run.id}`] : [])];
      if (under.some((key) => requests.isBusy(key))) return;
      const started = view.run ? view.run : await start(requests, incident, view);
      const step = view.next?.step;
      if (!started || !step) return;
      if (step.kind === 'manual') ui.open({ kind: 'observe-step', runId: started.id, stepId: step.id });
      else await advance(started.id, {});
    },
    confirmed: (runId, stepId, typed, again) =>
      again ? retry(runId, stepId, typed) : advance(runId, { confirmation: { stepId, typed } }),
    observed: (runId, text) => advance(runId, { observed: text }),
    dryRun: async (view) => {
      const step = view.next?.step;
      if (!step) return;
      const title = `Dry run: ${step.title}`;
      if (!view.run) {
        // Starting a run is an entry on the timeline; a look at the step must not make one.
        ui.open({
          kind: 'text',
          title,
          text: writtenRequest(step),
          note: 'As it is written. Nothing was sent; the run has not begun.',
        });
        return;
      }
      const runId = view.run.id;
      const done = await requests.say(`dry-run:${runId}`, (api) =>
        api.playbook.dryRun({ runId, stepId: step.id }),
      );
      if (done.ok)
        ui.open({
          kind: 'text',
          title,
          text: done.value.text,
          note: 'With its real arguments. Nothing was sent.',
        });
    },
    retry: async (runId, stepId) => void (await retry(runId, stepId)),
    decide: async (runId, stepId, decision) => {
      await requests.say(`run:${runId}`, (api) => api.playbook.decide({ runId, stepId, decision }));
    },
    stop: async (runId) => {
      await requests.say(`stop:${runId}`, (api) => api.playbook.stop({ runId }));
    },
  };
}

async function start(
  requests: Requests,
  incident: Incident,
  view: PlaybookView,
): Promise<PlaybookRun | null> {
  const started = await requests.say(`run:${incident.id}`, (api) =>
    api.playbook.start({ incidentId: incident.id, playbookId: view.playbook.id }),
  );
  return started.ok ? started.value : null;
}
