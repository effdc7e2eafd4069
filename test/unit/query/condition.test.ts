import { describe, expect, it } from 'vitest';
import {
  createInlineTarget,
  evaluateCondition,
  parseConditionTest,
  validateCondition,
} from '../../../main/query/index.ts';
import { loadSeries } from '../../support/load-notation.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';

const store = createMemorySamples();
loadSeries(store.writer, ['share 0.25', 'two{i="1"} 1', 'two{i="2"} 1', 'nothing NaN'], 60_000, 0);
const target = createInlineTarget('local', store.reader);

describe('a condition', () => {
  it.each([
    ['share', '> 0.2', 'decided', true],
    ['share', '>= 0.25', 'decided', true],
    ['share', '< 0.25', 'decided', false],
    ['share', '== 0.25', 'decided', true],
    ['share', 'exists', 'decided', true],
    ['share', 'absent', 'decided', false],
    ['missing', 'absent', 'decided', true],
    ['missing', 'exists', 'decided', false],
    ['missing', '> 0', 'no-data', null],
    ['missing', '== 0', 'no-data', null],
    ['nothing', '!= 1', 'no-data', null],
    ['1 + 1', '== 2', 'decided', true],
  ])('%s %s is %s: %s', async (query, is, kind, holds) => {
    const outcome = await evaluateCondition(target, { query, is }, 0);
    expect(outcome).toMatchObject({ ok: true, value: { kind, holds } });
  });

  it('says its numbers', async () => {
    const outcome = await evaluateCondition(target, { query: 'share', is: '> 0.5' }, 0);
    expect(outcome).toMatchObject({ value: { text: '0.25 is not > 0.5', value: 0.25 } });
  });

  it('does not choose among several values', async () => {
    expect(await evaluateCondition(target, { query: 'two', is: '> 0' }, 0)).toMatchObject({
      error: { code: 'execution' },
    });
  });

  it('is checked without asking anybody', () => {
    expect(parseConditionTest('about 5')).toMatchObject({ error: { code: 'parse' } });
    expect(parseConditionTest('> NaN')).toMatchObject({ error: { code: 'parse' } });
    expect(validateCondition({ query: 'sum(', is: 'exists' })).toMatchObject({ error: { code: 'parse' } });
    expect(validateCondition({ query: 'up', is: '<= 1e3' })).toEqual({
      ok: true,
      value: { kind: 'compare', op: '<=', number: 1000 },
    });
  });
});
