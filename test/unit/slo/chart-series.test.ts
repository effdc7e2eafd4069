import { describe, expect, it } from 'vitest';
import { budgetSeries, burnSeries, startingStatus } from '../../../main/slo/index.ts';
import { derivePolicyRows } from '../../../main/slo/math/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { counterTarget } from '../../support/counter-target.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = 1_800_000_000_000;
const objective = gatewayObjective({ target: 0.99 });
const status = {
  ...startingStatus(objective),
  rows: derivePolicyRows(shippedPolicy('midwatch'), objective.target, objective.periodMs),
};

describe('charts of an objective', () => {
  it('draw the burn of both windows of the top row, and no point where nothing happened', async () => {
    const target = counterTarget();
    target.grow('requests', 10, T0 - HOUR_MS, T0, MINUTE_MS);
    target.grow('failed', 1, T0 - HOUR_MS, T0, MINUTE_MS);
    const window = { fromAt: T0 - 3 * HOUR_MS, toAt: T0, stepMs: 10 * MINUTE_MS };
    const series = await burnSeries(status, target, window);
    expect(series.map((one) => one.labels)).toEqual([{ window: '5m' }, { window: '1h' }]);
    for (const one of series) {
      expect(Math.min(...one.times)).toBeGreaterThan(T0 - HOUR_MS);
      for (const burn of one.values) expect(burn).toBeCloseTo(10, 6);
    }
  });

  it('draw the budget down from the whole', async () => {
    const target = counterTarget();
    target.grow('requests', 10, T0 - 28 * DAY_MS, T0, 10 * MINUTE_MS);
    target.grow('failed', 0.05, T0 - 28 * DAY_MS, T0, 10 * MINUTE_MS);
    const [series] = await budgetSeries(status, target, T0);
    expect(series?.values[0]).toBe(1);
    expect(series?.values.at(-1)).toBeCloseTo(0.5, 2);
    expect(await budgetSeries(status, counterTarget(), T0)).toEqual([]);
  });

  it('are refused where the source cannot answer', async () => {
    const target = counterTarget();
    target.fail({ code: 'unreachable', message: 'The connection was refused.', retryable: true });
    await expect(budgetSeries(status, target, T0)).rejects.toMatchObject({ code: 'chart-failed' });
  });
});
