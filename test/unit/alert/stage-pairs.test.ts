import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, MemoryLog, requestsOf, serviceOf, sourceOf, watch } from '../../support/alerting.ts';

const rule = (id: string, change = {}) => ({
  ruleId: id,
  labels: { alertname: id },
  priority: 'P1' as const,
  ...change,
});
const acknowledge = async (it: ReturnType<typeof watch>, ids = it.alerts.list().map((one) => one.id)) => {
  const taken = await it.alerts.acknowledge({ alertIds: ids }, 'ada', it.clock.now());
  if (!taken.ok) throw new Error(taken.error);
  await it.alerts.settle(taken.value);
};

describe('acknowledgement and group', () => {
  it('an alert that joins an acknowledged group is said, and the acknowledged one stands beside it as such', async () => {
    const it = watch();
    await it.see(rule('a'));
    await it.wait(31 * SECOND_MS);
    await acknowledge(it);
    await it.see(rule('a'), rule('b'));
    const [said] = requestsOf(await it.wait(6 * MINUTE_MS));
    expect(said?.page.body).toContain('(acknowledged by ada)');
    expect(said?.page.body.split('\n')).toHaveLength(2);
  });

  it('one acknowledged before its group_wait is over is never said', async () => {
    const it = watch();
    await it.see(rule('a'));
    await acknowledge(it);
    expect(requestsOf(await it.wait(HOUR_MS, 10 * SECOND_MS))).toEqual([]);
    await it.see(rule('a', { finding: FINDING.clear() }));
    expect(requestsOf(await it.wait(10 * MINUTE_MS, 10 * SECOND_MS))).toEqual([]);
  });

  it('an acknowledged alert that comes back after its end is a new page', async () => {
    const it = watch();
    await it.see(rule('a'));
    await it.wait(31 * SECOND_MS);
    await acknowledge(it);
    await it.see(rule('a', { finding: FINDING.clear() }));
    await it.wait(6 * MINUTE_MS);
    const before = it.one();
    expect(before).toMatchObject({ phase: 'resolved', acknowledgement: null });
    await it.see(rule('a'));
    expect(requestsOf(await it.wait(6 * MINUTE_MS))).toHaveLength(1);
  });
});

describe('acknowledgement and rate limit', () => {
  it('a reminder over the limit waits for the window and is not lost', async () => {
    const routing = { rate_limit: { notifications: 1, per: '2h' }, group_wait: '0s', group_interval: '1s' };
    const it = watch({ routing });
    await it.see({ priority: 'P0' });
    await acknowledge(it);
    const said = requestsOf(await it.wait(5 * HOUR_MS, MINUTE_MS));
    expect(said.length).toBeGreaterThanOrEqual(1);
    expect(it.one().acknowledgement).toBeNull();
  });
});

describe('source and objective', () => {
  it('a source that goes blind pages once, however many rules it holds, and those stay as they are', async () => {
    const it = watch();
    const rules = Array.from({ length: 20 }, (_, i) => rule(`r${i}`));
    await it.see(...rules);
    await it.wait(31 * SECOND_MS);
    const blinds = rules.map((one) => one.ruleId);
    it.sources = [
      sourceOf('prom', { condition: 'unreachable', blinds, lastOkAt: it.clock.now(), problem: 'refused' }),
    ];
    const outcomes = [];
    for (let i = 0; i < 40; i += 1)
      outcomes.push(await it.see(...rules.map((one) => ({ ...one, finding: FINDING.noData() }))));
    const pages = requestsOf(outcomes).filter((one) => one.page.title.includes('source prom'));
    expect(pages.length).toBeLessThanOrEqual(1);
    expect(it.alerts.list().filter((one) => one.kind === 'burn' && one.phase !== 'firing')).toEqual([]);
    const source = it.alerts.list().find((one) => one.kind === 'source');
    expect(source?.phase).toBe('firing');
  });

  it('no data of a rule whose source answers is an alert of its own', async () => {
    const it = watch();
    it.sources = [sourceOf('prom', { blinds: ['r'] })];
    for (let i = 0; i < 5; i += 1) await it.see(rule('r', { finding: FINDING.noData() }));
    expect(it.alerts.list().map((one) => one.phase)).toEqual(['no_data']);
  });
});

describe('deduplicate and state', () => {
  it('two rules with the same labels are one page, which ends only when its own rule is clear', async () => {
    const it = watch();
    const labels = { alertname: 'same', service: 'gateway' };
    const one = { ruleId: 'one', labels, priority: 'P0' as const };
    const two = { ruleId: 'two', labels, priority: 'P0' as const };
    const first = await it.see(one, two);
    expect(requestsOf([first])).toHaveLength(1);
    const owner = it.one().ruleId;
    const other = owner === 'one' ? two : one;
    const own = owner === 'one' ? one : two;
    await it.see({ ...other, finding: FINDING.clear() }, { ...own });
    expect(it.one().phase).toBe('firing');
    await it.see({ ...other, finding: FINDING.clear() }, { ...own, finding: FINDING.clear() });
    expect(it.one().phase).toBe('resolved');
  });

  it('the more urgent of two raises the alert once', async () => {
    const it = watch();
    const labels = { alertname: 'same', service: 'gateway' };
    await it.see({ ruleId: 'one', labels, priority: 'P1' });
    await it.wait(31 * SECOND_MS);
    const raised = await it.see(
      { ruleId: 'one', labels, priority: 'P1' },
      { ruleId: 'two', labels, priority: 'P0' },
    );
    expect(raised.changes.map((one) => one.change)).toEqual(['priority-raised']);
    expect(requestsOf([raised])).toHaveLength(1);
    const again = await it.see(
      { ruleId: 'one', labels, priority: 'P1' },
      { ruleId: 'two', labels, priority: 'P0' },
    );
    expect(again.changes).toEqual([]);
    expect(requestsOf([again])).toEqual([]);
  });
});

describe('a storm', () => {
  it('of five hundred alerts of one service is one page, and each of them can answer why', async () => {
    const it = watch();
    const outcome = await it.see(
      ...Array.from({ length: 500 }, (_, i) => rule(`r${i}`, { priority: 'P0' as const })),
    );
    const [page, ...more] = requestsOf([outcome]);
    expect(more).toEqual([]);
    expect(page?.alertIds).toHaveLength(500);
    expect(page?.page.body.split('\n')).toHaveLength(6);
    expect(page?.page.body.length).toBeLessThanOrEqual(1_500);
    for (const alert of it.alerts.list()) expect(alert.verdicts.map((one) => one.stage)).toContain('notify');
  });

  it('of services is one page each up to the brake, one storm, and no second one while it lasts', async () => {
    const it = watch();
    it.services = Array.from({ length: 60 }, (_, i) => serviceOf(`s${i}`));
    const all = it.services.map(({ id }) => ({
      service: id,
      ruleId: `${id}-availability`,
      priority: 'P0' as const,
    }));
    const pages = [];
    for (let i = 0; i < 30; i += 1) pages.push(await it.see(...all));
    const said = requestsOf(pages);
    expect(said).toHaveLength(11);
    expect(new Set(said.map((one) => one.groupKey)).size).toBe(11);
    expect(new Set(said.flatMap((one) => one.alertIds)).size).toBe(60);
  });

  it('that flaps each second pages within the limit, and the last word is true', async () => {
    const it = watch({ routing: { group_wait: '0s', group_interval: '1s' } });
    const outcomes = [];
    for (let i = 0; i < 300; i += 1)
      outcomes.push(
        await it.see({ priority: 'P1', finding: i % 2 === 0 ? FINDING.holds() : FINDING.clear() }),
      );
    // Ten in ten minutes and one summary; the run is five minutes long.
    expect(requestsOf(outcomes).length).toBeLessThanOrEqual(11);
    await it.see({ priority: 'P1', finding: FINDING.clear() });
    const last = requestsOf(await it.wait(30 * MINUTE_MS, 10 * SECOND_MS)).at(-1);
    expect(last?.page.resolved ?? true).toBe(true);
    expect(it.one().phase).toBe('resolved');
  });

  it('while the disk is full is paged all the same, and stored once there is space', async () => {
    const log = new MemoryLog();
    const it = watch({ log });
    log.fail = 'disk is full';
    const outcome = await it.see(
      ...Array.from({ length: 50 }, (_, i) => rule(`r${i}`, { priority: 'P0' as const })),
    );
    expect(requestsOf([outcome])).toHaveLength(1);
    expect(it.alerts.problem()).toContain('disk is full');
    log.fail = null;
    await it.see(rule('r0', { priority: 'P0' as const }));
    expect(it.alerts.problem()).toBeNull();
    expect(log.alerts.size).toBe(50);
    await it.restart();
    expect(it.alerts.list().filter((one) => one.phase === 'firing')).toHaveLength(50);
  });
});

describe('reload and firing', () => {
  it('a rule that goes away ends its alert and says so once; coming back it is a new episode', async () => {
    const it = watch();
    await it.see(rule('a'));
    await it.wait(31 * SECOND_MS);
    const removed = await it.alerts.retainRules(new Set(['b']), it.clock.now());
    await it.alerts.settle(removed);
    expect(removed.changes.map((one) => one.change)).toEqual(['resolved']);
    expect((await it.alerts.retainRules(new Set(['b']), it.clock.now())).changes).toEqual([]);
    const said = requestsOf(await it.wait(6 * MINUTE_MS));
    expect(said.map((one) => one.page.resolved)).toEqual([true]);
    const firedAt = it.one().firedAt;
    await it.see(rule('a'));
    expect(it.one()).toMatchObject({ phase: 'firing', incidentId: null });
    expect(it.one().firedAt).not.toBe(firedAt);
  });

  it('a pending alert of a rule that is gone is quiet, and never says that it was resolved', async () => {
    const it = watch();
    await it.see(rule('a', { forMs: 60_000 }));
    const removed = await it.alerts.retainRules(new Set(), it.clock.now());
    expect(removed.changes).toEqual([]);
    expect(requestsOf(await it.wait(10 * MINUTE_MS, 10 * SECOND_MS))).toEqual([]);
  });
});
