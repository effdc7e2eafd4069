import { describe, expect, it } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, requestsOf, watch } from '../../support/alerting.ts';

type Watching = ReturnType<typeof watch>;
const P1 = { priority: 'P1' as const };
const routing = { group_wait: '0s', group_interval: '1s' };

/** Fires and ends once, two minutes in all; answers how often somebody was told that it fires. */
async function comeAndGo(it: Watching, priority: 'P0' | 'P1' = 'P1'): Promise<number> {
  const fired = await it.see({ priority });
  const said = [fired, ...(await it.wait(MINUTE_MS))];
  const ended = await it.see({ priority, finding: FINDING.clear() });
  const after = [ended, ...(await it.wait(MINUTE_MS))];
  return requestsOf([...said, ...after]).filter((one) => !one.page.resolved).length;
}
const verdict = (it: Watching) => it.one().verdicts.find((one) => one.stage === 'flapping');

describe('an alert that comes and goes', () => {
  it('is said four times in half an hour, and then no more: neither its beginning nor its end', async () => {
    const it = watch({ routing });
    const said: number[] = [];
    for (let n = 0; n < 8; n += 1) said.push(await comeAndGo(it));
    expect(said).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
    await it.see(P1);
    expect(verdict(it)).toMatchObject({
      outcome: 'suppressed',
      reason:
        'Flaps: fired 9 times in 30 m, over 4. It is said when it fires for 5 m without a break or gets more urgent.',
    });
    expect(it.one()).toMatchObject({ phase: 'firing', memory: { hold: { stage: 'flapping' } } });
  });

  it('says with the fourth that it flaps', async () => {
    const it = watch({ routing });
    for (let n = 0; n < 3; n += 1) await comeAndGo(it);
    expect(verdict(it)?.reason).toBe('Fired 3 times in 30 m: it does not flap.');
    await it.see(P1);
    expect(verdict(it)?.reason).toMatch(/^Fired 4 times in 30 m: it flaps\. From here on/);
  });

  it('is said again once it fires without a break', async () => {
    const it = watch({ routing });
    for (let n = 0; n < 6; n += 1) await comeAndGo(it);
    const outcomes = [];
    for (let n = 0; n < 5 * 60 + 5; n += 1) outcomes.push(await it.see(P1));
    const [said, ...more] = requestsOf(outcomes);
    expect(more).toEqual([]);
    expect(said?.page.resolved).toBe(false);
    expect(verdict(it)?.reason).toContain('fires without a break for 5 m');
  });

  it('is said at once where it gets more urgent', async () => {
    const it = watch({ routing });
    for (let n = 0; n < 6; n += 1) await comeAndGo(it);
    const raised = await it.see({ priority: 'P0' });
    expect(raised.notifications.map((one) => one.page.priority)).toEqual(['P0']);
  });

  it('begins anew once it was quiet for the window', async () => {
    const it = watch({ routing });
    for (let n = 0; n < 6; n += 1) await comeAndGo(it);
    await it.wait(31 * MINUTE_MS, 10 * SECOND_MS);
    expect(await comeAndGo(it)).toBe(1);
  });

  it('is remembered over a restart', async () => {
    const it = watch({ routing });
    for (let n = 0; n < 5; n += 1) await comeAndGo(it);
    await it.restart();
    expect(await comeAndGo(it)).toBe(0);
  });

  it('goes by the numbers of the routing', async () => {
    const it = watch({ routing: { ...routing, flapping: { firings: 2, within: '10m', steady: '1m' } } });
    const said: number[] = [];
    for (let n = 0; n < 3; n += 1) said.push(await comeAndGo(it));
    // The third fires for a minute and a second before it ends: steady enough to be said.
    expect(said).toEqual([1, 1, 1]);
  });
});
