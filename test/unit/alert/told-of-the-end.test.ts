import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, requestsOf, serviceOf, silenceOf, watch } from '../../support/alerting.ts';

const P1 = { priority: 'P1' as const };
const over = { finding: FINDING.clear() };
const ends = (outcomes: Parameters<typeof requestsOf>[0]) =>
  requestsOf(outcomes).filter((one) => one.page.resolved);

describe('whoever was told that it fires is told that it is over', () => {
  it('also where a reminder went to somebody else at night', async () => {
    const it = watch({
      routing: { group_wait: '0s', repeat_interval: '20m' },
      startAt: Date.parse('2026-01-14T16:50:00Z'),
    });
    const said = [await it.see(P1), ...(await it.wait(25 * MINUTE_MS, 10 * SECOND_MS))];
    expect(requestsOf(said).map((one) => one.receivers)).toEqual([
      ['primary_team', 'team_lead'],
      ['on_call_engineer'],
    ]);
    // So does whoever acknowledges: a pager of the team must not go on.
    const taken = await it.alerts.acknowledge({ groupKey: 'service=gateway' }, 'anna', it.clock.now());
    expect(taken.ok && taken.value.notifications[0]?.receivers).toEqual([
      'primary_team',
      'team_lead',
      'on_call_engineer',
    ]);
    const [end, ...more] = ends([await it.see({ ...P1, ...over }), ...(await it.wait(6 * MINUTE_MS))]);
    expect(more).toEqual([]);
    expect(end?.receivers).toEqual(['primary_team', 'team_lead', 'on_call_engineer']);
    // The next episode is told to its own.
    const next = await it.see(P1);
    expect(requestsOf([next]).map((one) => one.receivers)).toEqual([['on_call_engineer']]);
    expect(it.one().receivers).toEqual(['on_call_engineer']);
  });

  it('also where it fired again before its end was said, and nobody was told of that', async () => {
    const it = watch();
    await it.see({});
    await it.see(over);
    // Before the group's interval is over somebody silences it, and it fires and ends once more.
    it.silences.push(silenceOf('gateway', it.clock.now(), it.clock.now() + HOUR_MS));
    const unheard = [await it.see({}), ...(await it.wait(MINUTE_MS)), await it.see(over)];
    expect(requestsOf(unheard)).toEqual([]);
    await it.restart();
    const said = requestsOf(await it.wait(6 * MINUTE_MS));
    expect(said.map((one) => [one.page.resolved, one.receivers])).toEqual([
      [true, ['on_call_engineer', 'backup_engineer', 'incident_commander']],
    ]);
    expect(requestsOf(await it.wait(10 * MINUTE_MS))).toEqual([]);
  });

  it('also where it flapped away before the group’s interval let the first ends be said', async () => {
    const it = watch({ routing: { flapping: { firings: 2, within: '30m', steady: '5m' } } });
    const outcomes = [];
    for (let n = 0; n < 4; n += 1)
      outcomes.push(
        await it.see({}),
        ...(await it.wait(20 * SECOND_MS)),
        await it.see(over),
        ...(await it.wait(20 * SECOND_MS)),
      );
    expect(requestsOf(outcomes).map((one) => one.page.resolved)).toEqual([false, false]);
    expect(ends(await it.wait(6 * MINUTE_MS))).toHaveLength(1);
  });

  it('under the storm’s own key where it fires again before the storm’s end was said', async () => {
    const it = watch({ routing: { storm_limit: 1 } });
    it.services = ['a', 'b'].map((id) => serviceOf(id));
    const both = (finding = FINDING.holds()) =>
      ['a', 'b'].map((service) => ({ service, ruleId: `down-${service}`, finding }));
    const storm = (await it.see(...both())).notifications.find((one) => one.groupKey.startsWith('storm@'));
    expect(storm?.alertIds).toHaveLength(1);
    await it.see(...both(FINDING.clear()));
    // A pager that opened the storm under its key would never close it, were it now a group of its own.
    const again = requestsOf([await it.see(...both()), ...(await it.wait(MINUTE_MS))]);
    expect(again.map((one) => one.groupKey)).toContain(storm?.groupKey);
    const said = ends([await it.see(...both(FINDING.clear())), ...(await it.wait(6 * MINUTE_MS))]);
    expect(said.map((one) => one.groupKey)).toContain(storm?.groupKey);
  });

  it('also where no data became the firing that it hid', async () => {
    const it = watch();
    it.services = [serviceOf('gateway', 2)];
    const quiet = { ...P1, finding: FINDING.noData() };
    const first = [];
    for (let n = 0; n < 40; n += 1) first.push(await it.see(quiet));
    expect(requestsOf(first).map((one) => one.receivers)).toEqual([['primary_team', 'team_lead']]);
    await it.see({});
    const [end] = ends([await it.see(over), ...(await it.wait(6 * MINUTE_MS))]);
    expect(end?.receivers).toEqual([
      'primary_team',
      'team_lead',
      'on_call_engineer',
      'backup_engineer',
      'incident_commander',
    ]);
  });
});

describe('a cause whose route names nobody', () => {
  it('was told to nobody, so it explains nothing', async () => {
    const it = watch({ routing: { group_wait: '0s', routes: { P1: { receivers: [] } } } });
    it.services = [serviceOf('db'), serviceOf('web', 2, ['db'])];
    await it.see({ ...P1, service: 'db' });
    expect(it.one().memory?.notifiedAt).not.toBeNull();
    const said = await it.see({ ...P1, service: 'db' }, { priority: 'P2', service: 'web' });
    const web = it.alerts.list().find((one) => one.service === 'web');
    expect(web?.memory?.hold).toBeNull();
    expect(said.notifications.map((one) => one.receivers)).toEqual([['slack_channel', 'email_group']]);
  });
});
