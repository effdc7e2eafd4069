import { err, ok, type Result } from '../../shared/error/result.ts';
import type { InstantValue, QueryError, QueryOptions, QueryTarget } from '../../shared/model/metric.ts';
import type { Condition } from '../../shared/model/playbook.ts';
import { formatSignificant } from '../../shared/unit/number.ts';
import type { Comparison } from './expression.ts';
import { parseNumber } from './literal.ts';
import { applyOperator } from './operator.ts';
import { parseExpression } from './parse.ts';

/** What a condition's `is` asks. */
export type ConditionTest =
  | { readonly kind: 'exists' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly number: number };

/** A condition's verdict. A comparison without data is no verdict: it neither holds nor does not. */
export type ConditionOutcome =
  | {
      readonly kind: 'decided';
      readonly holds: boolean;
      readonly value: number | null;
      readonly text: string;
    }
  | { readonly kind: 'no-data'; readonly holds: null; readonly value: null; readonly text: string };

/** Reads `> 0.5`, `<= 100`, `== 0`, `exists` or `absent`. */
export function parseConditionTest(is: string): Result<ConditionTest, QueryError> {
  const text = is.trim();
  if (text === 'exists' || text === 'absent') return ok({ kind: text });
  const match = /^(==|!=|>=|<=|>|<)\s*(\S+)$/.exec(text);
  const number = match ? parseNumber(match[2] ?? '') : undefined;
  const op = match?.[1];
  if (!isComparison(op) || number === undefined || Number.isNaN(number))
    return err({
      code: 'parse',
      message: `"${text.slice(0, 80)}" is no condition. Write a comparison with a number ("> 0.5"), "exists" or "absent".`,
      retryable: false,
    });
  return ok({ kind: 'compare', op, number });
}

function isComparison(op: string | undefined): op is Comparison {
  return op === '==' || op === '!=' || op === '>' || op === '<' || op === '>=' || op === '<=';
}

/** Checks a condition without asking anybody: its expression and what it compares with. */
export function validateCondition(condition: Condition): Result<ConditionTest, QueryError> {
  const test = parseConditionTest(condition.is);
  if (!test.ok) return test;
  const parsed = parseExpression(condition.query);
  return parsed.ok || parsed.error.code === 'unsupported' ? test : parsed;
}

/** Asks the target and decides. The expression must answer one value where it is compared. */
export async function evaluateCondition(
  target: QueryTarget,
  condition: Condition,
  at: number,
  options?: QueryOptions,
): Promise<Result<ConditionOutcome, QueryError>> {
  const test = parseConditionTest(condition.is);
  if (!test.ok) return test;
  const answer = await target.instant(condition.query, at, options);
  return answer.ok ? decide(test.value, answer.value) : answer;
}

function decide(test: ConditionTest, answer: InstantValue): Result<ConditionOutcome, QueryError> {
  const values = answer.kind === 'scalar' ? [answer.value] : answer.samples.map((sample) => sample.value);
  const [value] = values;
  if (test.kind !== 'compare') {
    const exists = values.length > 0;
    const text = exists ? `there are ${values.length} results` : 'there is no result';
    return ok({ kind: 'decided', holds: (test.kind === 'exists') === exists, value: value ?? null, text });
  }
  if (values.length > 1)
    return err({
      code: 'execution',
      message: `The condition compares one value, but the expression answered ${values.length}. Aggregate it, for example with max().`,
      retryable: false,
    });
  if (value === undefined || Number.isNaN(value))
    return ok({
      kind: 'no-data',
      holds: null,
      value: null,
      text: 'there is no data to compare, so nothing is decided',
    });
  const { holds } = applyOperator(test.op, value, test.number);
  const asked = `${test.op} ${formatSignificant(test.number)}`;
  const text = `${formatSignificant(value)} is ${holds ? '' : 'not '}${asked}`;
  return ok({ kind: 'decided', holds, value, text });
}
