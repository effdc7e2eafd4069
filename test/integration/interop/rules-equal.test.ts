import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../main/statistics/index.ts';
import { DAY_MS } from '../../../shared/unit/time.ts';
import { gatewayObjective } from '../../support/objective.ts';
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

  it('go on where it burns again under the minimums, after a time without any events', (context) => {
    const missing = promtoolMissing();
    if (missing) return context.skip(missing);
    // Only the fastest row burns: the longer windows are full of good events.
    const at = (minute: number) => {
      if (minute < 400) return { events: 1_000, failed: 0 };
      if (minute < 470) return { events: 3, failed: 2 };
      return minute < 485 ? { events: 0, failed: 0 } : { events: 3, failed: 1 };
    };
    let [total, bad] = [0, 0];
    const minutes = Array.from({ length: 520 }, (_, minute) => {
      total += at(minute).events;
      bad += at(minute).failed;
      return { total, bad };
    });
    const objective = gatewayObjective({
      id: 'o',
      target: 0.99,
      policy: 'fixed',
      periodMs: 28 * DAY_MS,
      indicator: { bad: 'o_part', total: 'o_total' },
      definedAt: 'slos/o.yaml:1',
    });
    const series = { o_total: minutes.map((one) => one.total), o_part: minutes.map((one) => one.bad) };
    const outcome = compareWithPromtool([{ objective, series }], 520, 1);
    expect(outcome.differences).toEqual([]);
    expect(outcome.fired).toBeGreaterThan(40);
  }, 60_000);
});
