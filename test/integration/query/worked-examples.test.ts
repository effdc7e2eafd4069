import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { queryBench } from '../../support/query-bench.ts';

const page = readFileSync(new URL('../../../docs/promql.md', import.meta.url), 'utf8');
const load = /```promql-load 1m\n([\s\S]*?)\n```/.exec(page)?.[1]?.split('\n') ?? [];
const examples = Array.from(page.matchAll(/```promql\n([\s\S]*?)\n```/g), ([, body = '']) => {
  const [expression = '', ...answers] = body.split('\n');
  const expected = answers.map((line) => {
    const cut = line.lastIndexOf(' ');
    return [line.slice(0, cut), Number(line.slice(cut + 1))] as const;
  });
  return [expression, Object.fromEntries(expected)] as const;
});

describe('the worked examples of docs/promql.md', () => {
  it('are there, for each of the aggregation functions', () => {
    expect(load.length).toBeGreaterThan(5);
    for (const word of [
      'Mean',
      'Median',
      'P50, P95, P99',
      'Rate',
      'increase',
      'Derivative',
      'Max',
      'min',
      'Count',
      'sum',
      'Custom',
    ])
      expect(page).toContain(`**${word}**`);
    expect(examples.length).toBeGreaterThanOrEqual(14);
  });

  it.each(examples)('%s', (expression, expected) => {
    const answer = queryBench(load).at(expression, 10 * 60_000);
    expect(Object.keys(answer).sort()).toEqual(Object.keys(expected).sort());
    for (const [labels, value] of Object.entries(expected))
      expect(answer[labels], `${expression} ${labels}`).toBeCloseTo(value, 9);
  });
});
