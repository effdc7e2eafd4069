import type { Playbooks } from '../playbook/index.ts';
import { answering, procedures } from './context.ts';

/** Requests about playbooks and their runs. */
export function playbookRouter(playbooks: Playbooks) {
  const at = procedures.playbook;
  return at.router({
    start: at.start.handler(({ input, context, errors }) =>
      answering(errors, () => playbooks.start(input.incidentId, input.playbookId, context.actor)),
    ),
    runNext: at.runNext.handler(({ input, context, errors }) =>
      answering(errors, () =>
        playbooks.runNext(input.runId, {
          by: context.actor,
          ...(input.confirmation === undefined ? {} : { confirmation: input.confirmation }),
          ...(input.observed === undefined ? {} : { observed: input.observed }),
        }),
      ),
    ),
    dryRun: at.dryRun.handler(({ input, errors }) =>
      answering(errors, async () => ({ text: await playbooks.dryRun(input.runId, input.stepId) })),
    ),
    retry: at.retry.handler(({ input, context, errors }) =>
      answering(errors, () =>
        playbooks.retry(input.runId, input.stepId, {
          by: context.actor,
          ...(input.confirmation === undefined ? {} : { confirmation: input.confirmation }),
        }),
      ),
    ),
    decide: at.decide.handler(({ input, context, errors }) =>
      answering(errors, () => playbooks.decide(input.runId, input.stepId, input.decision, context.actor)),
    ),
    stop: at.stop.handler(({ input, context, errors }) =>
      answering(errors, () => playbooks.stop(input.runId, context.actor)),
    ),
  });
}
