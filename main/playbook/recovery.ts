import { assertNever } from '../../shared/error/result.ts';
import type { PlaybookRun } from '../../shared/model/playbook.ts';
import type { JournalRecord } from '../store/index.ts';
import { definitionOf, type RunEvent } from './run.ts';

/** What a step that was under way when the process ended becomes, and the journal record that is closed with it. */
export interface Recovery {
  readonly event: Extract<RunEvent, { kind: 'interrupt' }>;
  readonly journal: JournalRecord | null;
}

/** Null where no step of the run was under way. `open` are the journal's intents that have no outcome. */
export function recoverRun(run: PlaybookRun, open: readonly JournalRecord[], now: number): Recovery | null {
  const running = run.steps.find((one) => one.phase === 'running');
  if (!running) return null;
  const record = open.find(
    (one) => one.runId === run.id && one.stepId === running.stepId && one.attempt === running.attempt,
  );
  const reason = reasonOf(run, running.stepId, running.output, record);
  return {
    event: { kind: 'interrupt', stepId: running.stepId, reason },
    journal: record ? { ...record, outcome: `unknown: ${reason}`, endedAt: now } : null,
  };
}

function reasonOf(
  run: PlaybookRun,
  stepId: string,
  output: string | null,
  record: JournalRecord | undefined,
): string {
  const kind = definitionOf(run, stepId)?.kind ?? 'http';
  if (kind === 'check') return 'Interrupted during this check.';
  // The answer is journalled before the verification: with an output, the effect itself is not in doubt.
  if (output !== null)
    return 'It had its effect and was answered, but was interrupted before it was verified. Look whether it helped, then say done, or retry with the same idempotency key.';
  const began = record ? ` at ${new Date(record.intendedAt).toISOString()}` : '';
  switch (kind) {
    case 'manual':
      return `Interrupted while this was being noted${began}. Say whether it is done.`;
    case 'http':
      return `Interrupted after Midwatch began to send this request${began}; no answer is kept, so whether it had its effect is not known. Look at the target, then say done, skip, or retry with the same idempotency key.`;
    default:
      return assertNever(kind);
  }
}
