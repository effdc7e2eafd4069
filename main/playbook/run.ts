import { CodedError } from '../../shared/error/coded.ts';
import { assertNever, err, ok, type Result } from '../../shared/error/result.ts';
import type { NewTimelineEntry } from '../../shared/model/incident.ts';
import type { Playbook, PlaybookRun, PlaybookStep, StepPhase, StepRun } from '../../shared/model/playbook.ts';
import type { StepOutcome } from '../action/index.ts';

/** All that can happen to a run. Each names its step, so that an event that comes too late hits nothing else. */
export type RunEvent =
  | { readonly kind: 'begin'; readonly stepId: string; readonly by: string; readonly input: string }
  /** The effect was answered; its verification goes on. */
  | { readonly kind: 'answered'; readonly stepId: string; readonly output: string }
  | { readonly kind: 'finish'; readonly stepId: string; readonly by: string; readonly outcome: StepOutcome }
  /** Its condition does not hold on the current state. */
  | { readonly kind: 'pass-over'; readonly stepId: string; readonly reason: string }
  /** Its condition has no answer: a person decides. */
  | { readonly kind: 'ask'; readonly stepId: string; readonly reason: string }
  /** The process ended while it ran. */
  | { readonly kind: 'interrupt'; readonly stepId: string; readonly reason: string }
  | { readonly kind: 'decide'; readonly stepId: string; readonly decision: Decision; readonly by: string }
  | { readonly kind: 'retry'; readonly stepId: string; readonly by: string }
  | { readonly kind: 'stop'; readonly by: string };

export type Decision = 'done' | 'skip' | 'retry';

/** The next run, why, and what the incident's timeline is to say of it. */
export interface RunChange {
  readonly run: PlaybookRun;
  readonly reason: string;
  readonly effects: readonly NewTimelineEntry[];
}

export type RunError = CodedError<
  'step-unknown' | 'step-not-possible' | 'step-not-next' | 'step-not-retryable'
>;

/** Which events a step in a phase takes; every other pair is an error. */
const TAKES: Readonly<Record<StepPhase, readonly RunEvent['kind'][]>> = {
  // A step that cannot even be put together fails without having begun.
  waiting: ['begin', 'finish', 'pass-over', 'ask', 'decide'],
  running: ['answered', 'finish', 'interrupt'],
  unknown: ['decide'],
  failed: ['retry'],
  done: [],
  found: [],
  skipped: [],
};

const OPEN: readonly StepPhase[] = ['waiting', 'running', 'unknown'];
const MIDWATCH = 'midwatch';

export function newRun(playbook: Playbook, id: string, incidentId: string, now: number): PlaybookRun {
  const steps = [
    ...playbook.diagnosis.map((step) => newStep(step.id, 'diagnosis')),
    ...playbook.mitigation.map((step) => newStep(step.id, 'mitigation')),
  ];
  return {
    id,
    playbook,
    incidentId,
    startedAt: now,
    endedAt: steps.length === 0 ? now : null,
    revision: 1,
    steps,
    nextStep: steps.length === 0 ? null : 0,
    rootCause: null,
  };
}

function newStep(stepId: string, section: StepRun['section']): StepRun {
  return {
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
  };
}

export function definitionOf(run: PlaybookRun, stepId: string): PlaybookStep | undefined {
  return [...run.playbook.diagnosis, ...run.playbook.mitigation].find((step) => step.id === stepId);
}

/** A waiting step that a person sent back runs on that word: its condition is not asked again. */
export function isSentBack(step: StepRun): boolean {
  return step.phase === 'waiting' && step.actor !== null;
}

/** What a run does with an event. Pure: the revision grows by one with each change, which is what is saved. */
export function step(run: PlaybookRun, event: RunEvent, now: number): Result<RunChange, RunError> {
  if (event.kind === 'stop') return stopRun(run, event.by, now);
  const index = run.steps.findIndex((one) => one.stepId === event.stepId);
  const at = run.steps[index];
  const definition = definitionOf(run, event.stepId);
  if (!at || !definition)
    return err(new CodedError('step-unknown', `The run has no step ${event.stepId}; read the run again.`));
  const refusal = refuse(run, at, definition, index, event);
  if (refusal) return err(refusal);
  const changed = changeStep(at, definition, event, now);
  return ok(conclude(run, index, changed.step, { ...changed, title: definition.title, now }));
}

function refuse(
  run: PlaybookRun,
  at: StepRun,
  definition: PlaybookStep,
  index: number,
  event: Exclude<RunEvent, { kind: 'stop' }>,
): RunError | undefined {
  const details = { stepId: event.stepId, phase: at.phase, event: event.kind };
  const possible =
    TAKES[at.phase].includes(event.kind) &&
    (at.phase !== 'waiting' || event.kind !== 'finish' || event.outcome.kind === 'failed') &&
    (at.phase !== 'waiting' || event.kind !== 'decide' || event.decision !== 'retry');
  if (!possible)
    return new CodedError(
      'step-not-possible',
      `"${definition.title}" is ${at.phase}, which does not allow ${event.kind}; read the run again.`,
      { details },
    );
  if (at.phase === 'waiting' && index !== run.nextStep)
    return new CodedError(
      'step-not-next',
      `"${definition.title}" is not the next step; the steps before it come first.`,
      { details },
    );
  if (event.kind === 'retry' && !definition.retryable)
    return new CodedError(
      'step-not-retryable',
      `"${definition.title}" is written as not retryable (${run.playbook.definedAt}); do it by hand and note what you did.`,
      { details },
    );
  return undefined;
}

interface StepChange {
  readonly step: StepRun;
  readonly reason: string;
  readonly actor: string;
  /** What the timeline says after the step's title; null where it stays silent. */
  readonly said: { readonly what: string; readonly detail: string } | null;
  readonly cause?: string;
}

function changeStep(
  at: StepRun,
  definition: PlaybookStep,
  event: Exclude<RunEvent, { kind: 'stop' }>,
  now: number,
): StepChange {
  switch (event.kind) {
    case 'begin':
      return {
        step: {
          ...at,
          phase: 'running',
          attempt: at.attempt + 1,
          startedAt: now,
          endedAt: null,
          actor: event.by,
          input: event.input,
          output: null,
          reason: null,
          verified: null,
        },
        reason: `${event.by} began it`,
        actor: event.by,
        said: null,
      };
    case 'answered':
      return {
        step: { ...at, output: event.output, reason: definition.verify ? 'Answered; being verified' : null },
        reason: 'its effect was answered',
        actor: at.actor ?? MIDWATCH,
        said: definition.verify
          ? { what: 'answered, now verified', detail: joined(at.input, event.output) }
          : null,
      };
    case 'finish':
      return finishStep(at, event.outcome, event.by, now);
    case 'pass-over':
      return ended(at, 'skipped', `Skipped, its condition does not hold: ${event.reason}`, MIDWATCH, now);
    case 'ask':
      return ended(
        at,
        'unknown',
        `${event.reason} Whether it should run is for a person to say: retry runs it without asking again, skip leaves it out, done means that it was done by hand.`,
        MIDWATCH,
        now,
      );
    case 'interrupt':
      return interruptStep(at, definition, event.reason, now);
    case 'decide':
      return decideStep(at, event.decision, event.by, now);
    case 'retry':
      return sentBack(at, event.by, 'Its inputs and its idempotency key are kept.');
    default:
      return assertNever(event);
  }
}

function finishStep(at: StepRun, outcome: StepOutcome, by: string, now: number): StepChange {
  const endedNow = { ...at, endedAt: now, startedAt: at.startedAt ?? now, actor: by };
  switch (outcome.kind) {
    case 'done':
      return {
        step: {
          ...endedNow,
          phase: 'done',
          output: outcome.output,
          reason: null,
          verified: outcome.verified,
        },
        reason: outcome.verified === null ? 'done' : `done and verified: ${outcome.verified}`,
        actor: by,
        said: {
          what: outcome.verified === null ? 'done' : 'done and verified',
          detail: joined(at.input, outcome.output, outcome.verified && `Verified: ${outcome.verified}`),
        },
      };
    case 'found':
      return {
        step: { ...endedNow, phase: 'found', output: outcome.output, reason: outcome.cause },
        reason: `it indicates the root cause: ${outcome.cause}`,
        actor: by,
        said: {
          what: `indicates the root cause: ${outcome.cause}`,
          detail: joined(at.input, outcome.output),
        },
        cause: outcome.cause,
      };
    case 'failed':
      return {
        step: {
          ...endedNow,
          phase: 'failed',
          output: outcome.output,
          reason: outcome.reason,
          verified: outcome.verified,
        },
        reason: outcome.reason,
        actor: by,
        said: { what: 'failed', detail: joined(outcome.reason, at.input, outcome.output) },
      };
    case 'unknown':
      return ended({ ...at, actor: by }, 'unknown', outcome.reason, by, now);
    default:
      return assertNever(outcome);
  }
}

/** A check has no effect, so it simply waits again, and says so; anything else is a person's to judge. */
function interruptStep(at: StepRun, definition: PlaybookStep, reason: string, now: number): StepChange {
  if (definition.kind !== 'check') return ended(at, 'unknown', reason, MIDWATCH, now);
  const said = 'Interrupted during this check. It changes nothing, so it waits to be run again.';
  return {
    step: { ...at, phase: 'waiting', startedAt: null, actor: null, output: null, reason: said },
    reason: said,
    actor: MIDWATCH,
    said: { what: 'interrupted', detail: joined(said, at.input) },
  };
}

function decideStep(at: StepRun, decision: Decision, by: string, now: number): StepChange {
  switch (decision) {
    case 'done':
      return ended({ ...at, actor: by }, 'done', `${by} says that it is done.`, by, now);
    case 'skip':
      return ended({ ...at, actor: by }, 'skipped', `${by} skipped it.`, by, now);
    case 'retry':
      return sentBack(at, by, 'It runs next, with the same idempotency key.');
    default:
      return assertNever(decision);
  }
}

function sentBack(at: StepRun, by: string, consequence: string): StepChange {
  const reason = `${by} sent it back. ${consequence}`;
  return {
    step: { ...at, phase: 'waiting', startedAt: null, endedAt: null, actor: by, reason },
    reason,
    actor: by,
    said: { what: 'to be tried again', detail: joined(reason, at.reason) },
  };
}

function ended(
  at: StepRun,
  phase: 'done' | 'skipped' | 'unknown',
  reason: string,
  actor: string,
  now: number,
): StepChange {
  return {
    step: { ...at, phase, reason, endedAt: now },
    reason,
    actor,
    said: {
      what: phase === 'unknown' ? 'needs a decision' : phase,
      detail: joined(reason, at.input, phase === 'unknown' ? null : at.output),
    },
  };
}

function conclude(
  run: PlaybookRun,
  index: number,
  changed: StepRun,
  context: StepChange & { readonly title: string; readonly now: number },
): RunChange {
  const { now, title, said, actor, cause, reason } = context;
  const steps = run.steps.map((one, at) => {
    if (at === index) return changed;
    const superfluous = cause !== undefined && one.section === 'diagnosis' && one.phase === 'waiting';
    if (!superfluous) return one;
    return {
      ...one,
      phase: 'skipped' as const,
      endedAt: now,
      reason: `Not needed: "${title}" indicates the root cause.`,
    };
  });
  const effects: NewTimelineEntry[] =
    said === null
      ? []
      : [{ at: now, kind: 'step', actor, title: `${title}: ${said.what}`, detail: said.detail }];
  const next = settle({ ...run, steps, rootCause: cause ?? run.rootCause }, now);
  if (next.endedAt !== null && run.endedAt === null) effects.push(endEntry(next, now));
  return { run: next, reason, effects };
}

function stopRun(run: PlaybookRun, by: string, now: number): Result<RunChange, RunError> {
  if (run.endedAt !== null)
    return err(new CodedError('step-not-possible', 'The run has ended already; there is nothing to stop.'));
  const running = run.steps.find((one) => one.phase === 'running');
  if (running)
    return err(
      new CodedError(
        'step-not-possible',
        `The step ${running.stepId} is still running; it has to end first.`,
      ),
    );
  const reason = `${by} stopped the run.`;
  const steps = run.steps.map((one) =>
    one.phase === 'waiting' ? { ...one, phase: 'skipped' as const, endedAt: now, actor: by, reason } : one,
  );
  const next = settle({ ...run, steps }, now);
  const open = next.steps.filter((one) => one.phase === 'unknown').length;
  const detail =
    open === 0 ? '' : `${open === 1 ? 'One step still needs' : `${open} steps still need`} a decision.`;
  return ok({
    run: next,
    reason,
    effects: [{ at: now, kind: 'step', actor: by, title: `Playbook stopped: ${run.playbook.title}`, detail }],
  });
}

/** Derives what comes next and whether the run is over from its steps, and numbers the change. */
function settle(run: PlaybookRun, now: number): PlaybookRun {
  const next = run.steps.findIndex((one) => OPEN.includes(one.phase));
  const over = next === -1;
  return {
    ...run,
    revision: run.revision + 1,
    nextStep: over ? null : next,
    endedAt: over ? (run.endedAt ?? now) : null,
  };
}

function endEntry(run: PlaybookRun, now: number): NewTimelineEntry {
  const count = (phase: StepPhase) => run.steps.filter((one) => one.phase === phase).length;
  const detail = [
    `${count('done') + count('found')} done, ${count('failed')} failed, ${count('skipped')} skipped.`,
    run.rootCause === null ? 'No step indicated the root cause.' : `Indicated root cause: ${run.rootCause}`,
  ].join(' ');
  return { at: now, kind: 'step', actor: MIDWATCH, title: `Playbook ended: ${run.playbook.title}`, detail };
}

/** The timeline is read by people and kept for ever: a long answer stays with the step, its beginning goes here. */
const DETAIL_MAX = 4_000;

function joined(...parts: readonly (string | null)[]): string {
  const text = parts.filter((part) => part !== null && part !== '').join('\n');
  return text.length > DETAIL_MAX ? `${text.slice(0, DETAIL_MAX).toWellFormed()}…` : text;
}
