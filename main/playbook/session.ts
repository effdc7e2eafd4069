import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { assertNever } from '../../shared/error/result.ts';
import type { PlaybookRun, PlaybookStep, StepRun } from '../../shared/model/playbook.ts';
import type { ActionJournal, StepContext } from '../action/index.ts';
import { sha256 } from '../platform/index.ts';
import type { JournalRecord } from '../store/index.ts';
import type { PlaybooksDeps } from './deps.ts';
import { openRecord } from './record.ts';
import { type Decision, definitionOf, isSentBack, type RunEvent } from './run.ts';
import { createTurn } from './turn.ts';

/** Who runs a step, and what it asks of them. */
export interface RunNextOptions {
  readonly by: string;
  /**
   * The target's name as it was typed, and the step it was typed for: a step whose condition does not hold is passed
   * over, and what a person said about that one must not run the next.
   */
  readonly confirmation?: { readonly stepId: string; readonly typed: string };
  /** What a person saw, for a manual step. */
  readonly observed?: string;
}

/** One run with its lifetime: one command at a time, memory never ahead of the log. */
export interface Session {
  run(): PlaybookRun;
  runNext(options: RunNextOptions): Promise<PlaybookRun>;
  dryRun(stepId: string): Promise<string>;
  retry(stepId: string, options: RunNextOptions): Promise<PlaybookRun>;
  decide(stepId: string, decision: Decision, by: string): Promise<PlaybookRun>;
  stop(by: string): Promise<PlaybookRun>;
  recover(open: readonly JournalRecord[]): Promise<void>;
}

interface NextStep {
  readonly at: StepRun;
  readonly definition: PlaybookStep;
}

export function openSession(deps: PlaybooksDeps, loaded: PlaybookRun): Session {
  const record = openRecord(deps, loaded);
  const { run, apply } = record;
  const turn = createTurn();

  const alone = (command: (signal: AbortSignal) => Promise<void>): Promise<PlaybookRun> =>
    turn.take(async (signal) => {
      await record.settle();
      try {
        await command(signal);
        return run();
      } catch (thrown) {
        // Tried at once, so that no window shows a step as running that is not; the next command tries again.
        await record
          .settle()
          .catch((again: unknown) =>
            deps.logger.error(
              { run: loaded.id, problem: messageOf(again) },
              'a playbook run could not be settled',
            ),
          );
        throw thrown;
      }
    });

  const perform = async ({ at, definition }: NextStep, options: RunNextOptions, signal: AbortSignal) => {
    requireWord(definition, options);
    const context = contextOf(deps, run(), at, options);
    const journal = journalOf(deps, run, apply, { at, context });
    const outcome = await deps.executor.execute(definition, context, journal, signal);
    const event: RunEvent = { kind: 'finish', stepId: at.stepId, by: options.by, outcome };
    const said = 'reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome.kind;
    await apply(event, journal.close(said));
  };

  const runNext = async (options: RunNextOptions, signal: AbortSignal): Promise<void> => {
    for (let next = nextOf(run()); ; next = nextOf(run())) {
      requireRunnable(run(), next);
      const passed = await passOver(deps, next, signal);
      if (!passed) return perform(next, options, signal);
      await apply(passed);
      if (passed.kind === 'ask' || run().nextStep === null) return;
    }
  };

  return {
    run,
    recover: record.recover,
    runNext: (options) => alone((signal) => runNext(options, signal)),
    dryRun: (stepId) => describe(deps, run(), stepId),
    retry: (stepId, options) =>
      alone(async (signal) => {
        const definition = definitionOf(run(), stepId);
        // Asked before the step is sent back: a wrong name must change nothing.
        if (definition) requireWord(definition, options);
        requireTurn(run(), stepId);
        await apply({ kind: 'retry', stepId, by: options.by });
        await runNext(options, signal);
      }),
    decide: (stepId, decision, by) => alone(() => apply({ kind: 'decide', stepId, decision, by })),
    async stop(by) {
      await turn.interrupt();
      return alone(async () => {
        // The step that was aborted may have been the last one: then the run has ended by itself.
        if (run().endedAt === null) await apply({ kind: 'stop', by });
      });
    },
  };
}

function nextOf(run: PlaybookRun): NextStep | null {
  const at = run.nextStep === null ? undefined : run.steps[run.nextStep];
  const definition = at && definitionOf(run, at.stepId);
  return at && definition ? { at, definition } : null;
}

function requireRunnable(run: PlaybookRun, next: NextStep | null): asserts next is NextStep {
  if (!next) throw new CodedError('run-ended', `"${run.playbook.title}" has ended: no step is left to run.`);
  if (next.at.phase === 'unknown')
    throw new CodedError(
      'decision-needed',
      `"${next.definition.title}" needs a decision first: done, skip or retry. ${next.at.reason ?? ''}`,
      { details: { stepId: next.at.stepId } },
    );
}

/** A step that is tried again runs at once; one that waits before it must not be run in its name. */
function requireTurn(run: PlaybookRun, stepId: string): void {
  const index = run.steps.findIndex((one) => one.stepId === stepId);
  const before = run.steps[run.nextStep ?? run.steps.length];
  if (!before || index === -1 || (run.nextStep ?? 0) >= index) return;
  throw new CodedError(
    'step-not-next',
    `"${definitionOf(run, before.stepId)?.title ?? before.stepId}" comes first: it is ${before.phase}. Run or decide it, then try this one again. Nothing was sent.`,
    { details: { stepId, next: before.stepId } },
  );
}

/** What a person must have said before the step may begin. Asked each time: an approval is never kept. */
function requireWord(definition: PlaybookStep, options: RunNextOptions): void {
  if (
    definition.kind === 'http' &&
    definition.confirm !== undefined &&
    (options.confirmation?.stepId !== definition.id || options.confirmation.typed !== definition.confirm)
  )
    throw new CodedError(
      'confirmation-needed',
      `"${definition.title}" acts on production; type ${JSON.stringify(definition.confirm)} to run it. Nothing was sent.`,
      { details: { type: definition.confirm, stepId: definition.id } },
    );
  if (definition.kind === 'manual' && (options.observed ?? '').trim() === '')
    throw new CodedError(
      'observation-needed',
      `"${definition.title}" is done by a person; say what you saw or did.`,
      { details: { stepId: definition.id } },
    );
}

/** Null where the step is to run; otherwise why it is passed over, or what a person is asked. */
async function passOver(
  deps: PlaybooksDeps,
  { at, definition }: NextStep,
  signal: AbortSignal,
): Promise<Extract<RunEvent, { kind: 'pass-over' | 'ask' }> | null> {
  if (!definition.condition || isSentBack(at)) return null;
  const result = await deps.executor.evaluate(definition.condition, signal);
  switch (result.kind) {
    case 'holds':
      return null;
    case 'fails':
      return { kind: 'pass-over', stepId: at.stepId, reason: result.reason };
    case 'no-data':
    case 'error':
      return { kind: 'ask', stepId: at.stepId, reason: result.reason };
    default:
      return assertNever(result);
  }
}

function contextOf(deps: PlaybooksDeps, run: PlaybookRun, at: StepRun, options: RunNextOptions): StepContext {
  const incident = deps.incident(run.incidentId);
  if (!incident)
    throw new CodedError(
      'incident-not-found',
      `The incident ${run.incidentId} of this run is not known any more.`,
    );
  return {
    incident,
    vars: deps.vars(),
    runId: run.id,
    idempotencyKey: sha256(JSON.stringify([run.id, at.stepId])).slice(0, 32),
    observed: options.observed,
    by: options.by,
  };
}

/** The journal of one attempt: the intent is saved in one transaction with the step's beginning, and so is the answer. */
function journalOf(
  deps: PlaybooksDeps,
  run: () => PlaybookRun,
  apply: (event: RunEvent, journal: readonly JournalRecord[]) => Promise<void>,
  { at, context }: { readonly at: StepRun; readonly context: StepContext },
): ActionJournal & { close(outcome: string): JournalRecord[] } {
  let open: JournalRecord | null = null;
  const close = (outcome: string): JournalRecord[] => {
    const record = open;
    open = null;
    return record ? [{ ...record, outcome, endedAt: deps.clock.now() }] : [];
  };
  return {
    close,
    async intend(input) {
      const attempt = at.attempt + 1;
      const record: JournalRecord = {
        id: `${run().id}/${at.stepId}/${attempt}`,
        runId: run().id,
        stepId: at.stepId,
        attempt,
        idempotencyKey: context.idempotencyKey,
        intent: input,
        intendedAt: deps.clock.now(),
        outcome: null,
        endedAt: null,
      };
      await apply({ kind: 'begin', stepId: at.stepId, by: context.by, input }, [record]);
      open = record;
    },
    async answered(output) {
      await apply({ kind: 'answered', stepId: at.stepId, output }, close(`answered: ${output}`));
    },
  };
}

async function describe(deps: PlaybooksDeps, run: PlaybookRun, stepId: string): Promise<string> {
  const definition = definitionOf(run, stepId);
  const at = run.steps.find((one) => one.stepId === stepId);
  if (!definition || !at) throw new CodedError('step-not-found', `The run has no step ${stepId}.`);
  const context = contextOf(deps, run, at, { by: 'dry run' });
  const preview = await deps.executor.preview(definition, context);
  if (!preview.ok) throw preview.error;
  const { condition, verify, expect } = definition;
  return [
    'Dry run: nothing was sent.',
    condition && `Only if ${condition.query} ${condition.is}`,
    preview.value.input,
    expect && `Expected: ${expect}`,
    verify && `Verified by ${verify.query} ${verify.is}`,
    preview.value.undo && `To undo:\n${preview.value.undo}`,
  ]
    .filter((line) => line !== undefined && line !== null && line !== '')
    .join('\n\n');
}
