import { err, ok, type Result } from '../../shared/error/result.ts';
import type { QueryError, QueryOptions, QueryTarget, RangeWindow } from '../../shared/model/metric.ts';
import { instantQuestion, type Question, rangeQuestion } from './engine.ts';
import type { Compat, Expression } from './expression.ts';
import { QueryFailure } from './failure.ts';
import type { LocalQueryOptions } from './local-target.ts';
import { parseExpression } from './parse.ts';
import { SOURCE_LABEL } from './parse-selector.ts';
import { type PlanOptions, planBySource, type RemotePart, selectorsOf, sourceOf, sourcesOf } from './plan.ts';
import { printExpression } from './print.ts';
import { type JoinedParts, type PackedSeries, packAll } from './query-api.ts';
import { rangeFileOf } from './range-file.ts';

/** Points that other sources may answer for one question: they are held beside the answer. */
const REMOTE_POINTS_MAX = 5_000_000;

export interface JoinedTargetOptions {
  /** Asked as it is where an expression names no source; its selectors are those without a source. */
  readonly own: QueryTarget;
  /** Evaluates here what several sources answered. */
  readonly local: QueryTarget;
  readonly target: (sourceId: string) => QueryTarget | undefined;
  /** Names of sources whose series are stored here. */
  readonly localSources: () => readonly string[];
  readonly compat: () => Compat;
}

/**
 * A target whose expressions may name other sources by `__source__="…"`. Each other source evaluates its largest parts
 * itself, at the instants that are needed; what joins them is evaluated here.
 */
export function createJoinedTarget(options: JoinedTargetOptions): QueryTarget {
  const { own } = options;
  const isOwn = (expression: string) => !expression.includes(SOURCE_LABEL);
  return {
    ...own,
    instant: async (expression, at, asked) =>
      isOwn(expression)
        ? own.instant(expression, at, asked)
        : joined(options, expression, () => instantQuestion(at), {
            one: (target, text) => target.instant(text, at, asked),
            several: (parts) => options.local.instant(expression, at, withParts(asked, parts)),
            asked,
          }),
    range: async (expression, window, asked) =>
      isOwn(expression)
        ? own.range(expression, window, asked)
        : joined(options, expression, () => rangeQuestion(window), {
            one: (target, text) => target.range(text, window, asked),
            several: (parts) => options.local.range(expression, window, withParts(asked, parts)),
            asked,
          }),
    rangeFile: async (expression, window, wish, asked) =>
      isOwn(expression)
        ? rangeFileOf(own, expression, window, wish, asked)
        : joined(options, expression, () => rangeQuestion(window), {
            one: (target, text) => rangeFileOf(target, text, window, wish, asked),
            several: (parts) => rangeFileOf(options.local, expression, window, wish, withParts(asked, parts)),
            asked,
          }),
  };
}

function withParts(asked: QueryOptions | undefined, joined: JoinedParts): LocalQueryOptions {
  return { ...asked, joined };
}

interface Way<T> {
  /** All of the expression is one other source's. */
  readonly one: (target: QueryTarget, text: string) => Promise<Result<T, QueryError>>;
  readonly several: (parts: JoinedParts) => Promise<Result<T, QueryError>>;
  readonly asked: QueryOptions | undefined;
}

async function joined<T>(
  options: JoinedTargetOptions,
  expression: string,
  question: () => Question,
  way: Way<T>,
): Promise<Result<T, QueryError>> {
  const localSources = options.localSources();
  const plan: PlanOptions = {
    ownSource: options.own === options.local ? null : options.own.id,
    localSources,
  };
  try {
    const { grid, whole } = question();
    const compat = options.compat();
    const parsed = parseExpression(expression, {
      compat,
      stepMs: whole.stepMs,
      rangeMs: whole.toAt - whole.fromAt,
    });
    if (!parsed.ok) return parsed;
    const { root } = parsed.value;
    const unknown = unknownSource(root, plan, options.target);
    if (unknown) return err(unknown);
    const sources = sourcesOf(root, plan);
    const [only = null] = sources;
    const target = sources.length === 1 && only !== null ? options.target(only) : undefined;
    if (target) return await way.one(target, printExpression(root, whole));
    const { parts } = planBySource(root, { grid, whole, compat }, plan);
    const answers = await askParts(options, parts, way.asked);
    return answers.ok ? await way.several({ ...plan, parts: answers.value }) : answers;
  } catch (thrown) {
    if (thrown instanceof QueryFailure) return err(thrown.error);
    throw thrown;
  }
}

/** The first selector that names a source that there is not. */
export function unknownSource(
  root: Expression,
  plan: PlanOptions,
  target: (sourceId: string) => unknown,
): QueryError | undefined {
  for (const selector of selectorsOf(root)) {
    const source = sourceOf(selector, plan);
    if (source === null || target(source) !== undefined) continue;
    return {
      code: 'execution',
      message: `There is no source named ${JSON.stringify(source.slice(0, 80))} in this workspace.`,
      position: selector.position,
      retryable: false,
    };
  }
  return undefined;
}

async function askParts(
  options: JoinedTargetOptions,
  parts: readonly RemotePart[],
  asked: QueryOptions | undefined,
): Promise<Result<readonly PackedSeries[], QueryError>> {
  const answers = await Promise.all(parts.map((part) => askPart(options, part, asked)));
  const packed: PackedSeries[] = [];
  let points = 0;
  for (const answer of answers) {
    if (!answer.ok) return answer;
    packed.push(answer.value);
    points += answer.value.times.length;
  }
  if (points <= REMOTE_POINTS_MAX) return ok(packed);
  return err({
    code: 'limit',
    message: `The other sources answered ${points} points, more than the ${REMOTE_POINTS_MAX} that one question may join. Aggregate them there, or ask for a shorter range or a longer step.`,
    retryable: false,
  });
}

async function askPart(
  { target }: JoinedTargetOptions,
  { source, text, grid }: RemotePart,
  asked: QueryOptions | undefined,
): Promise<Result<PackedSeries, QueryError>> {
  const window: RangeWindow = {
    fromAt: grid.fromAt,
    toAt: grid.fromAt + (grid.steps - 1) * grid.stepMs,
    stepMs: grid.stepMs,
  };
  const answer = await target(source)?.range(text, window, {
    ...(asked?.timeoutMs === undefined ? {} : { timeoutMs: asked.timeoutMs }),
    ...(asked?.signal ? { signal: asked.signal } : {}),
    ...(asked?.onNotes ? { onNotes: asked.onNotes } : {}),
  });
  if (!answer) throw new Error(`The source ${source} went while it was asked.`);
  if (answer.ok) return ok(packAll(answer.value));
  // Where the source points at is in its own part, not in what a person wrote.
  const { position: _, ...error } = answer.error;
  return err({ ...error, message: `${source}, asked for ${text.slice(0, 200)}: ${error.message}` });
}
