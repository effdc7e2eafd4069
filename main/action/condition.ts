import { assertNever } from '../../shared/error/result.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Condition } from '../../shared/model/playbook.ts';
import type { Abort } from '../../shared/unit/abort.ts';
import { evaluateCondition } from '../query/index.ts';

/**
 * What a condition says on the current state, with the numbers that decided. *No data* and *error* are answers of
 * their own: neither holds, and neither may be taken for "does not hold".
 */
export type ConditionResult =
  | { readonly kind: 'holds'; readonly reason: string }
  | { readonly kind: 'fails'; readonly reason: string }
  | { readonly kind: 'no-data'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string };

export interface AskOptions {
  readonly at: number;
  readonly timeoutMs: number;
  readonly signal: Abort | undefined;
}

/** Asks the target once and puts its answer into the words of a step. */
export async function askCondition(
  condition: Condition,
  target: QueryTarget | undefined,
  options: AskOptions,
): Promise<ConditionResult> {
  const { query } = condition;
  if (!target)
    return {
      kind: 'error',
      reason: `The source ${condition.source ?? '(none named)'} is not known, so ${query} could not be asked.`,
    };
  const { at, timeoutMs, signal } = options;
  const answer = await evaluateCondition(target, condition, at, { timeoutMs, ...(signal ? { signal } : {}) });
  if (!answer.ok)
    return { kind: 'error', reason: `${target.id} could not answer ${query}: ${answer.error.message}` };
  const outcome = answer.value;
  switch (outcome.kind) {
    case 'decided':
      return { kind: outcome.holds ? 'holds' : 'fails', reason: outcome.text };
    case 'no-data':
      return { kind: 'no-data', reason: `No data for ${query}: ${outcome.text}.` };
    default:
      return assertNever(outcome);
  }
}
