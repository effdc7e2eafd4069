import { describe, expect, it } from 'vitest';
import { selectionsOf } from '../../../main/query/index.ts';

const texts = (expression: string) =>
  selectionsOf(expression).map((matchers) => matchers.map(({ name, op, value }) => `${name}${op}${value}`));

describe('what an expression selects', () => {
  it.each([
    ['up', [['__name__=up']]],
    ['sum(rate(x{a="1",b=~"c.*"}[5m])) by (a)', [['__name__=x', 'a=1', 'b=~c.*']]],
    ['a / on (i) b > 2 and not_there', [['__name__=a'], ['__name__=b'], ['__name__=not_there']]],
    ['-x offset 5m', [['__name__=x']]],
    ['max_over_time(rate(x[5m])[1h:1m])', [['__name__=x']]],
    ['topk(scalar(k), x)', [['__name__=x'], ['__name__=k']]],
    ['histogram_quantile(0.9, sum by (le) (rate(h_bucket[5m])))', [['__name__=h_bucket']]],
    ['vector(1) + 2', []],
    ['this is no promql', []],
  ] as const)('%s', (expression, expected) => {
    expect(texts(expression)).toEqual(expected);
  });
});
