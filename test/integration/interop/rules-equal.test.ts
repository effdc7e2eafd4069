import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../main/statistics/index.ts';
import { compareWithPromtool, promtoolMissing, randomCase } from '../../support/rules-equal.ts';

describe('exported rules', () => {
  it('fire and resolve in Prometheus at the evaluations at which the engine does', (context) => {
    const missing = promtoolMissing();
    if (missing) return context.skip(missing);
    const seed = Math.floor(Math.random() * 1e9);
    const random = seededRandom(seed);
    const cases = Array.from({ length: 5 }, (_one, at) => randomCase(random, `o${at}`, 500));
    const outcome = compareWithPromtool(cases, 500, 2);
    expect(outcome.evaluations).toBe(5 * 250);
    expect({ seed, differences: outcome.differences.slice(0, 3) }).toEqual({ seed, differences: [] });
  }, 120_000);
});
