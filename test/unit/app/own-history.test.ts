import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOwnHistory, OWN_EVERY_MS } from '../../../main/app/own-history.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/unit/time.ts';

const NOW = 1_700_000_000_000;
const point = (at: number, value: number | null) => ({
  at,
  loopDelayMs: value,
  waiting: value,
  pollingLagMs: value,
  storeBytes: value,
});

describe('the course of Midwatch’s own figures', () => {
  it('has the largest of each step, and gaps where nothing was noted', () => {
    const history = createOwnHistory();
    for (let i = 0; i < 360; i += 1)
      if (i < 60 || i >= 120) history.note(point(NOW + i * OWN_EVERY_MS + 1, i === 30 ? 99 : 1));
    const { loopDelayMs, stepMs, sinceAt } = history.range(NOW, NOW + HOUR_MS, 60);
    expect({ stepMs, sinceAt, steps: loopDelayMs.length }).toEqual({
      stepMs: 60_000,
      sinceAt: NOW + 1,
      steps: 60,
    });
    expect(loopDelayMs.slice(4, 7)).toEqual([1, 99, 1]);
    expect(loopDelayMs.slice(10, 20)).toEqual(new Array(10).fill(null));
    expect(loopDelayMs[59]).toBe(1);
  });

  it('is of a day at most, and knows nothing of a time that a clock set back has not reached', () => {
    const history = createOwnHistory();
    for (let at = NOW; at < NOW + 2 * DAY_MS; at += OWN_EVERY_MS) history.note(point(at, 1));
    expect(history.range(NOW, NOW + 2 * DAY_MS, 100).sinceAt).toBe(NOW + DAY_MS);
    history.note(point(NOW + DAY_MS + HOUR_MS, 7));
    const { storeBytes } = history.range(NOW + DAY_MS, NOW + 2 * DAY_MS, 24);
    expect(storeBytes.filter((one) => one !== null)).toHaveLength(1);
  });

  it('loses no peak, whatever is asked', () => {
    const values = fc.array(fc.option(fc.nat(1_000)), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 300 }), (given, points) => {
        const history = createOwnHistory();
        given.forEach((value, i) => {
          history.note(point(NOW + (i + 1) * OWN_EVERY_MS, value));
        });
        const { waiting } = history.range(NOW, NOW + given.length * OWN_EVERY_MS, points);
        const known = given.filter((one) => one !== null);
        const shown = waiting.filter((one) => one !== null);
        expect(shown.length).toBeLessThanOrEqual(points);
        if (known.length === 0) expect(shown).toEqual([]);
        else expect(Math.max(...shown)).toBe(Math.max(...known));
      }),
    );
  });
});
