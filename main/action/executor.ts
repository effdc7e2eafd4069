import type { Dispatcher } from 'undici';
import type { CodedError } from '../../shared/error/coded.ts';
import { assertNever, ok, type Result } from '../../shared/error/result.ts';
import type { Incident } from '../../shared/model/incident.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Condition, PlaybookStep } from '../../shared/model/playbook.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import type { Clock, Logger } from '../platform/index.ts';
import { askCondition, type ConditionResult } from './condition.ts';
import type { PlaceholderValues, RenderError } from './placeholder.ts';
import { type RenderedRequest, renderRequest } from './request.ts';
import { sendRequest } from './send.ts';

/** Where a step's beginning and its effect's answer are kept. Each resolves once it is durable. */
export interface ActionJournal {
  /** Before the effect: what is about to be done, with real arguments. Nothing is done if it rejects. */
  intend(input: string): Promise<void>;
  /** After the effect and before its verification: a crash in between must not make the effect unknown. */
  answered(output: string): Promise<void>;
}

/** For whom and under which names a step runs. */
export interface StepContext {
  readonly incident: Incident;
  readonly vars: Readonly<Record<string, string>>;
  readonly runId: string;
  /** The same for each attempt of one step of one run: the target can tell a retry from a second effect. */
  readonly idempotencyKey: string;
  /** What a person saw, for a manual step. */
  readonly observed: string | undefined;
  readonly by: string;
}

/** What came of a step. `found` is a check that indicates the root cause. */
export type StepOutcome =
  | { readonly kind: 'done'; readonly output: string; readonly verified: string | null }
  | { readonly kind: 'found'; readonly output: string; readonly cause: string }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      readonly output: string | null;
      readonly verified: string | null;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What a step would do, with its real arguments; secrets are shown by their names. */
export interface Preview {
  readonly input: string;
  readonly undo: string | null;
}

/** The one executor of a step. */
export interface Executor {
  preview(step: PlaybookStep, context: StepContext): Promise<Result<Preview, RenderError>>;
  evaluate(condition: Condition, signal?: AbortSignal): Promise<ConditionResult>;
  execute(
    step: PlaybookStep,
    context: StepContext,
    journal: ActionJournal,
    signal: AbortSignal,
  ): Promise<StepOutcome>;
}

export interface ExecutorDeps {
  readonly clock: Clock;
  readonly http: Dispatcher;
  readonly target: (sourceId: string | undefined) => QueryTarget | undefined;
  readonly secret: (reference: string) => Promise<Result<string, CodedError>>;
  readonly log: Logger;
  /** How often a verification asks again. */
  readonly verifyEveryMs?: number;
}

const VERIFY_EVERY_MS = 1_000;
const CONDITION_TIMEOUT_MS = 10_000;

export function createExecutor(deps: ExecutorDeps): Executor {
  const evaluate = (condition: Condition, signal?: AbortSignal, timeoutMs = CONDITION_TIMEOUT_MS) =>
    askCondition(condition, deps.target(condition.source), {
      at: deps.clock.now(),
      timeoutMs,
      signal,
    });

  const render = (step: Extract<PlaybookStep, { kind: 'http' }>, context: StepContext) =>
    renderRequest(step.request, valuesOf(context, deps.secret), {
      'idempotency-key': context.idempotencyKey,
    });

  return {
    evaluate: (condition, signal) => evaluate(condition, signal),
    async preview(step, context) {
      if (step.kind !== 'http') return ok({ input: describeInput(step), undo: null });
      const rendered = await render(step, context);
      if (!rendered.ok) return rendered;
      if (!step.undo) return ok({ input: rendered.value.shown, undo: null });
      const undo = await renderRequest(step.undo, valuesOf(context, deps.secret), {});
      return undo.ok ? ok({ input: rendered.value.shown, undo: undo.value.shown }) : undo;
    },
    async execute(step, context, journal, signal) {
      const asking = { evaluate, verify: verifier(deps, evaluate, signal), signal };
      switch (step.kind) {
        case 'check':
          return runCheck(step, journal, asking);
        case 'manual':
          return runManual(step, context, journal, asking);
        case 'http': {
          const rendered = await render(step, context);
          if (!rendered.ok)
            return { kind: 'failed', reason: rendered.error.message, output: null, verified: null };
          return runHttp(step, rendered.value, journal, { ...asking, deps });
        }
        default:
          return assertNever(step);
      }
    },
  };
}

type Evaluate = (condition: Condition, signal?: AbortSignal, timeoutMs?: number) => Promise<ConditionResult>;
type Verify = (step: PlaybookStep, output: string) => Promise<StepOutcome>;

interface Asking {
  readonly evaluate: Evaluate;
  readonly verify: Verify;
  readonly signal: AbortSignal;
}

async function runCheck(
  step: Extract<PlaybookStep, { kind: 'check' }>,
  journal: ActionJournal,
  asking: Asking,
): Promise<StepOutcome> {
  await journal.intend(describeInput(step));
  const result = await asking.evaluate(step.check, asking.signal, step.timeoutMs);
  if (result.kind === 'no-data' || result.kind === 'error')
    return { kind: 'failed', reason: result.reason, output: null, verified: null };
  const output = `${result.kind === 'holds' ? 'Holds' : 'Does not hold'}: ${result.reason}`;
  if (!step.indicates) return { kind: 'done', output, verified: null };
  const { when } = step.indicates;
  const same =
    when.query === step.check.query && when.is === step.check.is && when.source === step.check.source;
  const indicated = same ? result : await asking.evaluate(when, asking.signal, step.timeoutMs);
  switch (indicated.kind) {
    case 'holds':
      return {
        kind: 'found',
        output: same ? output : `${output}\n${indicated.reason}`,
        cause: step.indicates.cause,
      };
    case 'fails':
      return { kind: 'done', output: same ? output : `${output}\n${indicated.reason}`, verified: null };
    default:
      return { kind: 'failed', reason: indicated.reason, output, verified: null };
  }
}

async function runManual(
  step: Extract<PlaybookStep, { kind: 'manual' }>,
  context: StepContext,
  journal: ActionJournal,
  asking: Asking,
): Promise<StepOutcome> {
  const observed = context.observed?.trim() ?? '';
  if (observed === '')
    return { kind: 'failed', reason: 'Nobody said what they saw.', output: null, verified: null };
  await journal.intend(describeInput(step));
  const output = `${context.by} saw: ${observed}`;
  await journal.answered(output);
  return asking.verify(step, output);
}

async function runHttp(
  step: Extract<PlaybookStep, { kind: 'http' }>,
  rendered: RenderedRequest,
  journal: ActionJournal,
  asking: Asking & { readonly deps: ExecutorDeps },
): Promise<StepOutcome> {
  const { deps, signal } = asking;
  await journal.intend(rendered.shown);
  const sent = await sendRequest(rendered, {
    clock: deps.clock,
    http: deps.http,
    timeoutMs: step.timeoutMs,
    signal,
  });
  switch (sent.kind) {
    case 'not-sent':
      return { kind: 'failed', reason: sent.reason, output: null, verified: null };
    case 'unknown':
      deps.log.warn({ step: step.id, method: rendered.method }, 'the outcome of a step is not known');
      return { kind: 'unknown', reason: sent.reason };
    case 'answered':
      if (sent.problem !== null)
        return { kind: 'failed', reason: sent.problem, output: sent.output, verified: null };
      await journal.answered(sent.output);
      return asking.verify(step, sent.output);
    default:
      return assertNever(sent);
  }
}

/** Asks the verification query until it holds; the step's timeout counts again, from the answer. */
function verifier(deps: ExecutorDeps, evaluate: Evaluate, signal: AbortSignal): Verify {
  return async (step, output) => {
    if (!step.verify) return { kind: 'done', output, verified: null };
    const untilAt = deps.clock.monotonic() + step.timeoutMs;
    for (;;) {
      const result = await evaluate(step.verify, signal);
      if (result.kind === 'holds') return { kind: 'done', output, verified: result.reason };
      const waitMs = Math.min(deps.verifyEveryMs ?? VERIFY_EVERY_MS, untilAt - deps.clock.monotonic());
      if (waitMs <= 0 || signal.aborted) {
        const reason = signal.aborted
          ? `Stopped before it was verified. Last seen: ${result.reason}`
          : `Not verified within ${formatDuration(step.timeoutMs)}: ${result.reason}`;
        return { kind: 'failed', reason, output, verified: result.reason };
      }
      await sleep(deps.clock, waitMs, signal);
    }
  };
}

function sleep(clock: Clock, durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.setTimeout(end, durationMs);
    signal.addEventListener('abort', end, { once: true });
  });
}

function describeInput(step: Exclude<PlaybookStep, { kind: 'http' }>): string {
  return step.kind === 'check' ? `${step.check.query} ${step.check.is}` : step.instruction;
}

function valuesOf(context: StepContext, secret: ExecutorDeps['secret']): PlaceholderValues {
  const { id, name, title, service, severity, priority } = context.incident;
  return {
    incident: { id, name, title, service, severity, priority: priority ?? '' },
    vars: context.vars,
    run: { id: context.runId },
    secret,
  };
}
