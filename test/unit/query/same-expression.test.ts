import { describe, expect, it } from 'vitest';
import { sameExpression } from '../../../main/query/index.ts';

describe('whether two texts ask the same', () => {
  it.each([
    ['sum by (code) (rate(jobs_total[5m]))', 'sum(rate(jobs_total[300s])) by(code)'],
    ['a + b * c', 'a+(b*c) # as it binds'],
    ['up{job="a"}', "up{job='a'}"],
  ])('%s and %s do', (one, other) => {
    expect(sameExpression(one, other)).toBe(true);
  });

  it.each([
    ['a - b - c', 'a - (b - c)'],
    ['rate(jobs_total[5m])', 'rate(jobs_total[1m])'],
    ['up{job="a"}', 'up{job=~"a"}'],
    ['sum(', 'sum('],
  ])('%s and %s do not', (one, other) => {
    expect(sameExpression(one, other)).toBe(false);
  });
});
