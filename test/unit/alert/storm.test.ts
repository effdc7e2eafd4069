import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stormKey, stormOf } from '../../../shared/model/storm.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, requestsOf, serviceOf, watch } from '../../support/alerting.ts';

const down = (service: string, priority: 'P0' | 'P1' | 'P2' = 'P0') => ({
  ruleId: `down-${service}`,
  service,
  priority,
});
const many = (count: number, prefix = 's') =>
  Array.from({ length: count }, (_, n) => down(`${prefix}${String(n).padStart(2, '0')}`));
const over = (count: number, prefix = 's') =>
  many(count, prefix).map((one) => ({ ...one, finding: FINDING.clear() }));
const verdict = (it: ReturnType<typeof watch>, service: string) =>
  it.alerts
    .list()
    .find((one) => one.service === service)
    ?.verdicts.find((one) => one.stage === 'storm');

describe('the key of a storm', () => {
  it('is read as it was written, whatever the service is called', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.string({ unit: 'binary' })), (startedAt, cause) => {
        expect(stormOf(stormKey({ startedAt, cause }))).toEqual({ startedAt, cause });
      }),
    );
    for (const other of [null, '', 'service=gateway', 'storm=1', 'service=storm@1'])
      expect(stormOf(other)).toBeNull();
  });
});

describe('the storm brake', () => {
  it('lets ten new groups of one receiver pass and says the rest as one, most urgent word first', async () => {
    const it = watch();
    const said = (await it.see(...many(25))).notifications;
    expect(said).toHaveLength(11);
    const storm = said.at(-1);
    expect(storm?.alertIds).toHaveLength(15);
    expect(storm?.page).toMatchObject({ priority: 'P0', sound: true, resolved: false });
    expect(storm?.page.title).toMatch(
      /^P0 storm: 15 more firing in 15 services, first s\d\d: availability burns$/,
    );
    expect(storm?.page.body.split('\n')).toHaveLength(6);
    expect(verdict(it, 's09')?.reason).toBe('At most 10 new groups in 10 s for each receiver: no storm.');
    expect(verdict(it, 's10')?.reason).toMatch(
      /^Joins the storm since .*: over 10 new groups in 10 s for on_call_engineer, backup_engineer, incident_commander\.$/,
    );
  });

  it('brings its notification up to date every ten seconds, without a sound', async () => {
    const it = watch();
    await it.see(...many(12));
    await it.wait(SECOND_MS);
    // Fewer than ten seconds after it was said; nothing of it is said twice.
    expect((await it.see(...many(12), ...many(3, 't'))).notifications).toEqual([]);
    const [update, ...more] = requestsOf(await it.wait(10 * SECOND_MS));
    expect(more).toEqual([]);
    expect(update?.alertIds).toHaveLength(5);
    expect(update?.page).toMatchObject({ sound: false, resolved: false });
    expect(update?.groupKey).toMatch(/^storm@\d+$/);
  });

  it('sounds again for the first P0 in a storm of P1s, and for no other', async () => {
    const it = watch({ routing: { group_wait: '0s', storm_limit: 2 } });
    const p1 = (name: string) => down(name, 'P1');
    const first = await it.see(...['a', 'b', 'c', 'd'].map(p1));
    expect(first.notifications.map((one) => one.page.title)).toEqual([
      expect.stringContaining('P1 a:'),
      expect.stringContaining('P1 b:'),
      expect.stringContaining('P1 storm: 2 more'),
    ]);
    await it.wait(SECOND_MS);
    const all = ['a', 'b', 'c', 'd'].map(p1);
    // A P0 has receivers of its own: its first two groups pass by themselves, the third joins.
    const loud = await it.see(...all, down('p'), down('q'), down('r'), down('s'));
    expect(loud.notifications.map((one) => [one.page.title.split(':')[0], one.page.sound])).toEqual([
      ['P0 p', true],
      ['P0 q', true],
      ['P0 storm', true],
    ]);
    const next = await it.see(...all, down('p'), down('q'), down('r'), down('s'), down('t'));
    expect(next.notifications).toEqual([]);
  });

  it('says its end once, when the last of it is over', async () => {
    const it = watch();
    await it.see(...many(14));
    await it.wait(6 * MINUTE_MS);
    const ended = [...(await it.see(...over(14))).notifications, ...requestsOf(await it.wait(6 * MINUTE_MS))];
    const storm = ended.filter((one) => one.groupKey.startsWith('storm@'));
    expect(storm).toHaveLength(1);
    expect(storm[0]?.page).toMatchObject({ title: 'Over: storm', sound: false, resolved: true });
    expect(ended).toHaveLength(11);
    // The next time each of them is a group of its own again.
    const again = (await it.see(...many(3))).notifications;
    expect(again.map((one) => one.groupKey)).toEqual(['service=s00', 'service=s01', 'service=s02']);
  });

  it('is split by the service behind it', async () => {
    const services = [
      serviceOf('db'),
      serviceOf('cache'),
      serviceOf('alone'),
      ...['x', 'y'].map((id) => serviceOf(id, 2, ['db'])),
      ...['u', 'v'].map((id) => serviceOf(id, 2, ['cache'])),
    ];
    const it = watch({ routing: { group_wait: '0s', storm_limit: 1 } });
    it.services = services;
    // The causes are less urgent than what follows, so they explain nothing away; what is behind is known all the same.
    const said = await it.see(
      down('alone'),
      down('db', 'P1'),
      down('cache', 'P1'),
      ...['x', 'y', 'u', 'v'].map((id) => down(id)),
    );
    const keys = new Map(it.alerts.list().map((one) => [one.service, one.groupKey.replace(/\d+/, '…')]));
    for (const id of ['x', 'y']) expect(keys.get(id)).toBe('storm@…,cause=db');
    for (const id of ['u', 'v']) expect(keys.get(id)).toBe('storm@…,cause=cache');
    expect(said.notifications.map((one) => one.page.title)).toContainEqual(
      expect.stringContaining('storm behind db: '),
    );
  });

  it('is decided once: in a later round the same alert is neither counted nor moved again', async () => {
    const it = watch();
    await it.see(...many(12));
    const keys = () => it.alerts.list().map((one) => one.groupKey);
    const before = keys();
    for (let n = 0; n < 5; n += 1) await it.see(...many(12));
    expect(keys()).toEqual(before);
    expect(requestsOf(await it.wait(2 * MINUTE_MS))).toEqual([]);
  });

  it('never lets more than the limit of new groups of a receiver be said by themselves within ten seconds', async () => {
    const round = fc.array(fc.nat(30), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(round, { maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (rounds, limit) => {
          const it = watch({ routing: { storm_limit: limit } });
          const saidAt: number[] = [];
          const known = new Set<number>();
          for (const added of rounds) {
            for (const one of added) known.add(one);
            const seen = [...known].map((one) => down(`s${one}`));
            const { notifications } = await it.see(...seen);
            const alone = notifications.filter((one) => !one.groupKey.startsWith('storm@'));
            saidAt.push(...alone.map(() => it.clock.now()));
            await it.wait(3 * SECOND_MS);
          }
          for (const at of saidAt)
            expect(saidAt.filter((one) => one > at - 10 * SECOND_MS && one <= at).length).toBeLessThanOrEqual(
              limit,
            );
          // Nobody is forgotten: each is said by itself or stands in what the storm said last.
          await it.wait(11 * SECOND_MS);
          for (const alert of it.alerts.list())
            expect(alert.verdicts.some((one) => one.stage === 'notify')).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  });
});
