import { describe, expect, it } from 'vitest';
import type { Expression } from '../../../main/query/expression.ts';
import { parseExpression } from '../../../main/query/parse.ts';
import { printExpression } from '../../../main/query/print.ts';

function parsed(text: string): Expression {
  const answer = parseExpression(text);
  if (!answer.ok) throw new Error(`${text}: ${answer.error.message}`);
  return answer.value.root;
}

/** Without positions, which another text moves. */
function shape(expression: Expression): unknown {
  return JSON.parse(
    JSON.stringify(expression, (key, value: unknown) => (key === 'position' ? undefined : value)),
  );
}

describe('an expression as text', () => {
  it.each([
    'up',
    'up{job="a\\"b\\n", x!~"c.*"} offset -5m',
    '{__name__="inf", job="x"}',
    '{"with.dots", "a label"="x"}',
    '-x ^ 2 + 3 * (y - 1)',
    'sum by (le, "a b") (rate(x_bucket[5m] offset 1m))',
    'sum(x) without ()',
    'topk(3, x) by (zone)',
    'quantile(0.5, x @ 1700000000.5)',
    'max_over_time(rate(x[5m])[1h:1m] @ end() offset 5m)',
    'min_over_time((a or b)[30m:])',
    'a / on (x) group_left (y) b',
    'a and ignoring (z) b unless on () c',
    'a == bool 1e-9',
    'a > Inf or b != NaN or c < -0.5',
    'label_replace(x, "a", "$1", "b", "(.*)")',
    'count_values("v", x)',
    'a % b atan2 c',
    '1 - 2 - 3',
    '2 ^ 3 ^ 2',
    'time() - pi()',
  ])('is read again as what it was: %s', (text) => {
    const expression = parsed(text);
    expect(shape(parsed(printExpression(expression)))).toEqual(shape(expression));
  });

  it('has instants in the place of words where it is asked over another range', () => {
    const text = printExpression(parsed('x @ start() - x @ end()'), { fromAt: 5_000, toAt: 60_250 });
    expect(text).toBe('(x{} @ 5.000 - x{} @ 60.250)');
  });
});
