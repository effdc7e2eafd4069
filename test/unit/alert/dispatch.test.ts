import { describe, expect, it } from 'vitest';
import { groupKeyOf } from '../../../main/alert/rule/group.ts';
import { defaultRouting, RoutingConfig } from '../../../shared/config/routing.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, NIGHT_AT, observationOf, requestsOf, watch } from '../../support/alerting.ts';

const rule = (ruleId: string, priority: 'P0' | 'P1' | 'P2' | 'P3') => ({ ruleId, priority });

describe('grouping', () => {
  it('waits 30 s for company and says all of one service as one page', async () => {
    const it = watch();
    await it.see(rule('a', 'P1'));
    expect(requestsOf(await it.wait(20 * SECOND_MS))).toEqual([]);
    expect(it.alerts.list()[0]?.verdicts.find((one) => one.stage === 'group')).toMatchObject({
      outcome: 'held',
      reason: expect.stringContaining('group_wait 30 s'),
    });
    await it.see(rule('a', 'P1'), rule('b', 'P2'));
    const said = requestsOf(await it.wait(20 * SECOND_MS));
    expect(said).toHaveLength(1);
    expect(said[0]?.alertIds).toHaveLength(2);
    expect(said[0]?.page).toMatchObject({
      title: 'P1 gateway: availability burns and 1 more',
      priority: 'P1',
    });
    expect(said[0]?.receivers).toEqual(['primary_team', 'team_lead', 'slack_channel', 'email_group']);
  });

  it('does not wait for a P0, also when the group was just heard', async () => {
    const it = watch();
    await it.see(rule('a', 'P1'));
    await it.wait(40 * SECOND_MS);
    expect((await it.see(rule('b', 'P0'))).notifications).toHaveLength(1);
  });

  it('waits group_interval before it says a further P1, and before it says that all is over', async () => {
    const it = watch();
    await it.see(rule('a', 'P1'));
    await it.wait(30 * SECOND_MS);
    await it.see(rule('b', 'P1'));
    expect(requestsOf(await it.wait(4 * MINUTE_MS))).toEqual([]);
    const [further] = requestsOf(await it.wait(MINUTE_MS));
    expect(further?.page.title).toContain('and 1 more');
    await it.see(
      { ...rule('a', 'P1'), finding: FINDING.clear() },
      { ...rule('b', 'P1'), finding: FINDING.clear() },
    );
    expect(requestsOf(await it.wait(4 * MINUTE_MS))).toEqual([]);
    const [over] = requestsOf(await it.wait(MINUTE_MS));
    expect(over?.page).toMatchObject({ resolved: true, sound: false });
    expect(over?.page.title).toMatch(/^Over: gateway/);
    expect(over?.receivers).toEqual(['primary_team', 'team_lead']);
    expect(requestsOf(await it.wait(10 * HOUR_MS, MINUTE_MS))).toEqual([]);
  });

  it('repeats after 4 h what still fires and nobody acknowledged', async () => {
    const it = watch();
    await it.see({});
    expect(requestsOf(await it.wait(4 * HOUR_MS - MINUTE_MS, MINUTE_MS))).toEqual([]);
    const [again] = requestsOf(await it.wait(MINUTE_MS, MINUTE_MS));
    expect(again?.reason).toContain('still firing 4 h after it was last said');
  });

  it('keeps services apart, or the labels that the routing names', async () => {
    const it = watch();
    const outcome = await it.see({}, { service: 'ranking' });
    expect(outcome.notifications.map((one) => one.groupKey)).toEqual(['service=gateway', 'service=ranking']);
    const labels = { alertname: 'x', zone: 'eu' };
    expect(groupKeyOf(observationOf({ labels }), ['zone', 'service'])).toBe('zone=eu,service=gateway');
  });
});

describe('the rate limit', () => {
  const routing = { group_wait: '0s', group_interval: '0s', rate_limit: { notifications: 3, per: '10m' } };

  it('says the overflow as one summary that sounds, and then waits for the window', async () => {
    const it = watch({ routing });
    const said: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      const outcome = await it.see(rule(`r${n}`, 'P2'));
      said.push(...outcome.notifications.map((one) => one.page.title));
    }
    expect(said).toHaveLength(4);
    expect(said[3]).toBe('gateway: summary, 4 firing');
    const held = it.alerts.list().find((one) => one.ruleId === 'r11');
    expect(held?.verdicts.find((one) => one.stage === 'rate-limit')).toMatchObject({ outcome: 'held' });
    expect(held?.verdicts.some((one) => one.stage === 'route')).toBe(false);
    const later = requestsOf(await it.wait(11 * MINUTE_MS));
    expect(later).toHaveLength(1);
    expect(later[0]?.alertIds).toHaveLength(12);
  });

  it('never holds a first P0, but holds one that comes and goes', async () => {
    const it = watch({ routing });
    for (let n = 0; n < 12; n += 1) await it.see(rule(`r${n}`, 'P2'));
    expect((await it.see(rule('p0', 'P0'))).notifications).toHaveLength(1);
    let said = 0;
    for (let n = 0; n < 10; n += 1) {
      await it.see({ ...rule('p0', 'P0'), finding: FINDING.clear() });
      said += (await it.see(rule('p0', 'P0'))).notifications.length;
    }
    expect(said).toBe(0);
  });

  it('counts each service by itself', async () => {
    const it = watch({ routing });
    for (let n = 0; n < 12; n += 1) await it.see(rule(`r${n}`, 'P2'));
    expect((await it.see({ service: 'ranking', priority: 'P2' })).notifications).toHaveLength(1);
  });
});

describe('the route', () => {
  it('has the defaults of the domain terms', () => {
    const { routes, group_wait, group_interval, repeat_interval, rate_limit } = defaultRouting();
    expect(routes.P0.receivers).toEqual(['on_call_engineer', 'backup_engineer', 'incident_commander']);
    expect(routes.P1.out_of_hours).toEqual({ receivers: ['on_call_engineer'], sound: false });
    expect(routes.P2.receivers).toEqual(['slack_channel', 'email_group']);
    expect(routes.P3.receivers).toEqual(['ticket_system']);
    expect([group_wait, group_interval, repeat_interval]).toEqual([
      30 * SECOND_MS,
      5 * MINUTE_MS,
      4 * HOUR_MS,
    ]);
    expect(rate_limit).toEqual({ notifications: 10, per: 10 * MINUTE_MS });
  });

  it('wakes with sound for a P0 at night', async () => {
    const it = watch({ startAt: NIGHT_AT });
    const [page] = (await it.see({})).notifications;
    expect(page?.page.sound).toBe(true);
    expect(page?.receivers).toContain('incident_commander');
  });

  it('says so where nobody is named, and asks the notifier for nothing', async () => {
    const it = watch({ routing: { group_wait: '0s', routes: { P2: { receivers: [] } } } });
    expect((await it.see(rule('a', 'P2'))).notifications).toEqual([]);
    expect(it.one().verdicts.find((one) => one.stage === 'notify')).toMatchObject({
      outcome: 'held',
      reason: expect.stringContaining('no receiver is named'),
    });
  });

  it('refuses a literal secret and an address with a password', () => {
    const hook = (channel: object) =>
      RoutingConfig.safeParse({ receivers: { a: [{ kind: 'webhook', ...channel }] } });
    expect(hook({ url: 'https://hooks.example/x', headers: { Authorization: 'env:TOKEN' } }).success).toBe(
      true,
    );
    expect(hook({ url: 'https://hooks.example/x', headers: { Authorization: 'Bearer abc' } }).success).toBe(
      false,
    );
    expect(hook({ url: 'https://user:word@hooks.example/x' }).success).toBe(false);
    expect(hook({ url: 'file:///etc/passwd' }).success).toBe(true);
    expect(hook({ url: 'ftp://hooks.example' }).success).toBe(false);
  });
});

describe('the page', () => {
  it('carries no control characters and has an end, whatever the labels say', async () => {
    const it = watch();
    const [request] = (await it.see({ title: `a\u0000\u202eb${'x'.repeat(5_000)}` })).notifications;
    expect(request?.page.title).not.toContain('\u0000');
    expect(request?.page.title).not.toContain('\u202e');
    expect(request?.page.title.length).toBe(160);
    expect(request?.page.body.length).toBeLessThanOrEqual(1_500);
  });

  it('lists five alerts and counts the rest', async () => {
    const it = watch();
    const many = Array.from({ length: 8 }, (_, n) => rule(`r${n}`, 'P0'));
    const [request] = (await it.see(...many)).notifications;
    expect(request?.page.body.split('\n')).toHaveLength(6);
    expect(request?.page.body).toMatch(/… and 3 more\.$/);
  });
});
