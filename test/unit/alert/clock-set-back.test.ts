import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, requestsOf, type Watch, watch } from '../../support/alerting.ts';

/** The clock goes back while the machine runs: what is stored lies ahead of now. */
const setBack = (it: Watch, ms: number) => it.clock.jump(-ms);
const rule = (id: string, change = {}) => ({
  ruleId: id,
  labels: { alertname: id },
  priority: 'P1' as const,
  ...change,
});

describe('a clock that was set back by two hours', () => {
  it('does not keep a further P1 of a group that was just heard waiting until it has caught up', async () => {
    const it = watch();
    await it.see(rule('a'));
    await it.wait(31 * SECOND_MS);
    setBack(it, 2 * HOUR_MS);
    const seen = await it.see(rule('a'), rule('b'));
    const said = requestsOf([seen, ...(await it.wait(6 * MINUTE_MS))]);
    expect(said).toHaveLength(1);
    expect(said[0]?.alertIds).toHaveLength(2);
  });

  it('does not keep the first page of a group waiting either', async () => {
    const it = watch();
    await it.see(rule('a'));
    setBack(it, 2 * HOUR_MS);
    expect(requestsOf(await it.wait(MINUTE_MS))).toHaveLength(1);
  });

  it('does not page again and again because what was said lies ahead', async () => {
    const it = watch();
    await it.see(rule('a'), rule('b'));
    await it.wait(31 * SECOND_MS);
    setBack(it, 2 * HOUR_MS);
    const seen = await it.see(rule('a'), rule('b'));
    const said = requestsOf([seen, ...(await it.wait(HOUR_MS, 10 * SECOND_MS))]);
    // One reminder at most, as nobody can tell when it was said last.
    expect(said.length).toBeLessThanOrEqual(1);
  });

  it('says that all is over within minutes, not hours', async () => {
    const it = watch();
    await it.see(rule('a'));
    await it.wait(31 * SECOND_MS);
    setBack(it, 2 * HOUR_MS);
    const seen = await it.see(rule('a', { finding: FINDING.clear() }));
    const said = requestsOf([seen, ...(await it.wait(6 * MINUTE_MS))]);
    expect(said.map((one) => one.page.resolved)).toEqual([true]);
  });

  it('does not let an acknowledgement last two hours longer', async () => {
    const it = watch();
    await it.see({ priority: 'P0' });
    const [alert] = it.alerts.list();
    const taken = await it.alerts.acknowledge({ alertIds: [alert?.id ?? ''] }, 'ada', it.clock.now());
    if (!taken.ok) throw new Error(taken.error);
    await it.alerts.settle(taken.value);
    setBack(it, 2 * HOUR_MS);
    await it.see({ priority: 'P0' });
    const [reminder, ...more] = requestsOf(await it.wait(31 * MINUTE_MS, 10 * SECOND_MS));
    expect(more).toEqual([]);
    expect(it.one().acknowledgement).toBeNull();
    const verdicts = await it.alerts.verdicts(it.one().id);
    expect(verdicts.some((one) => one.reason.includes('the clock was set back since'))).toBe(true);
    expect(verdicts.every((one) => !/[−-]\d+ [hms]/.test(one.reason))).toBe(true);
    expect(reminder === undefined || !reminder.page.sound).toBe(true);
  });

  it('does not hold a service by a rate limit of the future', async () => {
    const it = watch({
      routing: { rate_limit: { notifications: 2, per: '10m' }, group_interval: '1s', group_wait: '0s' },
    });
    for (const id of ['a', 'b', 'c']) {
      await it.see(rule(id));
      await it.wait(5 * SECOND_MS);
    }
    expect(
      it.alerts.list().some((one) => one.verdicts.some((verdict) => /summary/.test(verdict.reason))),
    ).toBe(true);
    setBack(it, 2 * HOUR_MS);
    const seen = await it.see(rule('d'));
    const said = requestsOf([seen, ...(await it.wait(10 * SECOND_MS))]);
    expect(said.some((one) => one.alertIds.length >= 1 && !one.page.title.includes('summary'))).toBe(true);
  });

  it('leaves a P0 at once, as ever', async () => {
    const it = watch();
    await it.see(rule('a'));
    await it.wait(31 * SECOND_MS);
    setBack(it, 26 * HOUR_MS);
    const outcome = await it.see(rule('z', { priority: 'P0' as const }));
    expect(outcome.notifications[0]?.page.priority).toBe('P0');
  });

  it('changes nothing by the seconds that a time server moves it', async () => {
    const it = watch();
    await it.see(rule('a'));
    await it.wait(31 * SECOND_MS);
    setBack(it, 3 * SECOND_MS);
    await it.see(rule('a'), rule('b'));
    expect(requestsOf(await it.wait(4 * MINUTE_MS))).toEqual([]);
  });
});

describe('a clock that jumped ahead by a day', () => {
  it('repeats what still fires once, and goes on from there', async () => {
    const it = watch();
    await it.see(rule('a'));
    await it.wait(31 * SECOND_MS);
    it.clock.jump(24 * HOUR_MS);
    await it.see(rule('a'));
    const said = requestsOf(await it.wait(3 * HOUR_MS, MINUTE_MS));
    expect(said.length).toBeLessThanOrEqual(1);
    expect(it.one().phase).toBe('firing');
  });
});
