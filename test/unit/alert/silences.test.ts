import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSilences, type Silences } from '../../../main/alert/index.ts';
import { countingIds, VirtualClock } from '../../../main/platform/index.ts';
import type { Silence } from '../../../shared/model/silence.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { WORKDAY_AT } from '../../support/alerting.ts';
import { alertOf } from '../../support/incident.ts';
import { openTestLog, type TestLog } from '../../support/log.ts';

let log: TestLog;
let clock: VirtualClock;
let heard: (readonly Silence[])[];
let silences: Silences;
const ids = countingIds('silence');
const start = async () => {
  silences = createSilences({ clock, ids, log: log.log.call, onChange: (all) => heard.push(all) });
  await silences.load();
};
const wish = (change = {}) => ({
  matchers: [{ name: 'service', op: '=' as const, value: 'gateway' }],
  comment: 'deploy',
  author: 'anna',
  startsAt: null,
  endsAt: clock.now() + HOUR_MS,
  origin: null,
  ...change,
});

beforeEach(async () => {
  log = openTestLog();
  clock = new VirtualClock(WORKDAY_AT);
  heard = [];
  await start();
});
afterEach(() => log.remove());

describe('silences', () => {
  it('are in force from their creation to their end, and over a restart', async () => {
    const made = await silences.create(wish());
    expect(silences.active(clock.now()).map((one) => one.silence)).toEqual([made]);
    log = log.reopen();
    await start();
    expect(silences.active(clock.now()).map((one) => one.silence)).toEqual([made]);
    expect(silences.active(made.endsAt - 1)).toHaveLength(1);
    expect(silences.active(made.endsAt)).toEqual([]);
    expect(heard.at(-1)).toEqual([made]);
  });

  it('that begin later are not in force before', async () => {
    const startsAt = clock.now() + 10 * MINUTE_MS;
    await silences.create(wish({ startsAt }));
    expect(silences.active(startsAt - 1)).toEqual([]);
    expect(silences.active(startsAt)).toHaveLength(1);
  });

  it('are renewed and expired, with who did it and when', async () => {
    const made = await silences.create(wish());
    await clock.advance(50 * MINUTE_MS);
    const renewed = await silences.renew(made.id, clock.now() + HOUR_MS, 'bo');
    expect(renewed).toMatchObject({
      revision: 2,
      renewals: [{ by: 'bo', at: clock.now(), endsAt: clock.now() + HOUR_MS }],
    });
    await clock.advance(30 * MINUTE_MS);
    expect(silences.active(clock.now())).toHaveLength(1);
    const ended = await silences.expire(made.id, 'cy');
    expect(ended).toMatchObject({ expiredBy: 'cy', expiredAt: clock.now() });
    expect(silences.active(clock.now())).toEqual([]);
    await expect(silences.renew(made.id, clock.now() + HOUR_MS, 'bo')).rejects.toMatchObject({
      code: 'silence-over',
    });
    await expect(silences.expire('nowhere', 'bo')).rejects.toMatchObject({ code: 'silence-not-found' });
  });

  it.each([
    [{ comment: '  ' }, 'It has no reason'],
    [{ endsAt: WORKDAY_AT }, 'end before it begins'],
    [{ endsAt: WORKDAY_AT + 91 * DAY_MS }, 'over 90 days'],
    [{ matchers: [{ name: 'zone', op: '!=' as const, value: 'eu' }] }, 'it would match everything'],
    [{ matchers: [{ name: 'zone', op: '=~' as const, value: '(' }] }, 'cannot be used'],
  ])('are refused, and nothing is stored: %o', async (change, why) => {
    await expect(silences.create(wish(change))).rejects.toMatchObject({
      code: 'silence-refused',
      message: expect.stringContaining(why),
    });
    await expect(log.log.call.loadSilences(0)).resolves.toEqual([]);
  });

  it('are not in force where the store refused them', async () => {
    const broken = createSilences({
      clock,
      ids,
      log: { loadSilences: async () => [], saveSilence: async () => Promise.reject(new Error('disk full')) },
      onChange: () => undefined,
    });
    await expect(broken.create(wish())).rejects.toThrow('disk full');
    expect(broken.active(clock.now())).toEqual([]);
  });

  it('leave the list a day after their end', async () => {
    const made = await silences.create(wish());
    await clock.advance(DAY_MS + 2 * HOUR_MS);
    const other = await silences.create(wish());
    expect(silences.list()).toEqual([other]);
    expect(silences.get(made.id)).toBeUndefined();
  });

  it('show what they would hold before they are made', () => {
    const alerts = [alertOf(), { ...alertOf(), id: 'other', service: 'ranking', labels: {} }];
    expect(silences.preview(wish().matchers, alerts).map((one) => one.id)).toEqual([alertOf().id]);
  });
});
