import { oc } from '@orpc/contract';
import { z } from 'zod';
import { PlaybookRun } from '../model/playbook.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);
/** Typed for this step and no other: a step may have been passed over meanwhile. */
const Confirmation = z.object({ stepId: z.string().max(200), typed: z.string().max(200) });
const Step = z.object({ runId: z.string().max(200), stepId: z.string().max(200) });

export const playbookContract = {
  start: base
    .input(z.object({ incidentId: z.string().max(200), playbookId: z.string().max(200) }))
    .output(PlaybookRun),
  /** Begins the next step and answers when it has ended; its progress travels in the state. */
  runNext: base
    .input(
      z.object({
        runId: z.string().max(200),
        /** The target's name as a person typed it, for the one step that asked for it. */
        confirmation: Confirmation.optional(),
        /** What a person saw, for a manual step. */
        observed: z.string().max(2_000).optional(),
      }),
    )
    .output(PlaybookRun),
  /** What the step would send, with its real arguments; nothing is sent. */
  dryRun: base.input(Step).output(z.object({ text: z.string() })),
  retry: base.input(Step.extend({ confirmation: Confirmation.optional() })).output(PlaybookRun),
  /** For a step whose outcome is unknown: a person says what is true. */
  decide: base.input(Step.extend({ decision: z.enum(['done', 'skip', 'retry']) })).output(PlaybookRun),
  stop: base.input(z.object({ runId: z.string().max(200) })).output(PlaybookRun),
};
