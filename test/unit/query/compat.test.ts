import { describe, expect, it } from 'vitest';
import { evaluateInstant } from '../../../main/query/engine.ts';
import { seriesKey } from '../../../main/store/index.ts';
import { queryBench } from '../../support/query-bench.ts';

const { store } = queryBench([
  'heat{zone="a",node="1"} 1',
  'heat{zone="a",node="2"} 2',
  'odd NaN',
  'endless Inf',
]);

function ask(expression: string, compat: 2 | 3): Record<string, number> {
  const answer = evaluateInstant(store.reader, expression, 0, { monotonic: () => 0, timeoutMs: 1, compat });
  if (!answer.ok) throw new Error(answer.error.message);
  if (answer.value.kind === 'scalar') return { scalar: answer.value.value };
  return Object.fromEntries(answer.value.samples.map(({ labels, value }) => [seriesKey(labels), value]));
}

describe("Prometheus 2's rules, seen on a real one", () => {
  it('keep the name under atan2, which 3 drops', () => {
    expect(ask('odd atan2 0', 2)).toEqual({ '[["__name__","odd"]]': Number.NaN });
    expect(ask('odd atan2 0', 3)).toEqual({ '[]': Number.NaN });
  });

  it('give a value alone no variance, whatever it is', () => {
    expect(ask('stdvar(odd)', 2)).toEqual({ '[]': 0 });
    expect(ask('stddev(endless)', 2)).toEqual({ '[]': 0 });
    expect(ask('stdvar(odd)', 3)).toEqual({ '[]': Number.NaN });
    expect(ask('stdvar(heat)', 2)).toEqual({ '[]': 0.25 });
  });
});

describe('the rules of both', () => {
  it.each([2, 3] as const)('hold an infinite bound against what is no number: %i', (compat) => {
    expect(ask('clamp_min(odd, Inf)', compat)).toEqual({ '[]': Number.POSITIVE_INFINITY });
    expect(ask('clamp_max(odd, -Inf)', compat)).toEqual({ '[]': Number.NEGATIVE_INFINITY });
    expect(ask('clamp_max(odd, 5)', compat)).toEqual({ '[]': Number.NaN });
  });

  it.each([2, 3] as const)('make a value a label before groups are made of it: %i', (compat) => {
    expect(ask('count_values without (v, node) ("v", heat)', compat)).toEqual({ '[["zone","a"]]': 2 });
    expect(ask('count_values by (zone) ("v", heat)', compat)).toEqual({
      '[["v","1"],["zone","a"]]': 1,
      '[["v","2"],["zone","a"]]': 1,
    });
  });
});
