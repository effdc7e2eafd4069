import { describe, expect, it } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { MemoryLog } from '../../support/alerting.ts';
import { desk, requestOf } from '../../support/notifying.ts';

const DESKTOP_ONLY = { without: ['browser'] } as const;
const BROWSER_ONLY = { without: ['desktop'] } as const;

describe('a page on the desktop', () => {
  it('is stored before it is shown, shown once for all receivers of this machine, and logged with its reason', async () => {
    const log = new MemoryLog();
    const it = desk({ ...DESKTOP_ONLY, log });
    await it.notifier.start();
    const made = await it.notifier.enqueue([
      requestOf({ receivers: ['on_call_engineer', 'backup_engineer'] }),
    ]);
    expect(made).toHaveLength(1);
    expect(log.deliveries.size).toBe(1);
    await it.pass(0);
    expect(it.desktop.shown).toHaveLength(1);
    const [delivery] = await it.deliveries();
    expect(delivery).toMatchObject({
      receiver: 'on_call_engineer, backup_engineer',
      kind: 'desktop',
      state: 'sent',
      sentAt: it.clock.now(),
      problem: null,
    });
    expect(delivery?.reason).toContain('on_call_engineer has no channel of its own');
    expect(it.outcomes.map((one) => one.outcome)).toEqual(['sent']);
  });

  it('is tried again with growing waits where it fails, and says the problem meanwhile', async () => {
    const it = desk(DESKTOP_ONLY);
    it.desktop.problem = 'the notification service does not answer';
    await it.notifier.start();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.notifier.problem()).toContain('the notification service does not answer');
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const [delivery] = await it.deliveries();
      waits.push((delivery?.nextTryAt ?? 0) - it.clock.now());
      await it.pass(waits.at(-1) ?? 0);
    }
    expect(waits.map((one) => one / SECOND_MS)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
    it.desktop.problem = null;
    await it.pass(MINUTE_MS);
    expect(it.desktop.shown).toHaveLength(1);
    expect(it.notifier.problem()).toBeNull();
  });

  it('is given up after 15 min, and that is said', async () => {
    const it = desk(DESKTOP_ONLY);
    it.desktop.problem = 'no session bus';
    await it.notifier.start();
    await it.notifier.enqueue([requestOf()]);
    for (let n = 0; n < 20; n += 1) await it.pass(MINUTE_MS);
    expect(it.outcomes).toMatchObject([
      { outcome: 'failed', delivery: { state: 'expired', problem: 'no session bus' } },
    ]);
    it.desktop.problem = null;
    await it.pass(10 * MINUTE_MS);
    expect(it.desktop.shown).toEqual([]);
  });

  it('is not shown late where it is no longer true', async () => {
    const it = desk(DESKTOP_ONLY);
    it.desktop.problem = 'locked';
    await it.notifier.start();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    it.desktop.problem = null;
    it.untrue = 'it resolved at 10:01';
    await it.pass(SECOND_MS);
    expect(it.desktop.shown).toEqual([]);
    expect(it.outcomes[0]?.delivery.problem).toContain('no longer true: it resolved at 10:01');
  });

  it('replaces the earlier page of its group instead of standing beside it', async () => {
    const it = desk(DESKTOP_ONLY);
    it.desktop.problem = 'locked';
    await it.notifier.start();
    await it.notifier.enqueue([requestOf({ page: { title: 'one' } })]);
    await it.pass(0);
    await it.notifier.enqueue([
      requestOf({ page: { title: 'two' } }),
      requestOf({ groupKey: 'service=ranking' }),
    ]);
    it.desktop.problem = null;
    for (let n = 0; n < 5; n += 1) await it.pass(SECOND_MS);
    expect(it.desktop.shown.map((one) => one.title)).toEqual(['two', 'P0: gateway, availability burns']);
    const replaced = (await it.deliveries()).find((one) => one.page.title === 'one');
    expect(replaced).toMatchObject({
      state: 'expired',
      problem: expect.stringContaining('replaced by a later page'),
    });
  });
});

describe('a page in the browser', () => {
  it('is sent only when a window says that it showed it', async () => {
    const it = desk(BROWSER_ONLY);
    await it.notifier.start();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.windows.offered).toHaveLength(1);
    expect(it.outcomes).toEqual([]);
    await it.notifier.acknowledgeShown(it.windows.offered[0]?.id ?? '');
    expect(it.outcomes.map((one) => one.outcome)).toEqual(['sent']);
    await it.pass(MINUTE_MS);
    expect(it.windows.offered).toHaveLength(1);
  });

  it('is offered again where no window says so within 10 s', async () => {
    const it = desk(BROWSER_ONLY);
    await it.notifier.start();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    await it.pass(9 * SECOND_MS);
    expect(it.windows.offered).toHaveLength(1);
    await it.pass(SECOND_MS);
    expect(it.windows.offered).toHaveLength(2);
    expect(it.windows.offered[0]?.id).toBe(it.windows.offered[1]?.id);
  });

  it('falls back to the desktop where permission is denied, and says both', async () => {
    const routing = { receivers: { on_call_engineer: [{ kind: 'browser' }] } };
    const it = desk({ routing });
    it.windows.problem = 'the window was denied permission to notify';
    await it.notifier.start();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.desktop.shown).toHaveLength(1);
    const [desktop] = (await it.deliveries()).filter((one) => one.kind === 'desktop');
    expect(desktop?.reason).toContain('Fallback for browser: the window was denied permission to notify');
    const [browser] = (await it.deliveries()).filter((one) => one.kind === 'browser');
    expect(browser?.problem).toContain('the window was denied permission to notify');
    for (let n = 0; n < 10; n += 1) await it.pass(SECOND_MS);
    expect(it.desktop.shown).toHaveLength(1);
  });

  it('does not fall back to a screen that shows the page anyway', async () => {
    const it = desk();
    it.windows.problem = 'no window is connected';
    await it.notifier.start();
    await it.notifier.enqueue([requestOf()]);
    for (let n = 0; n < 10; n += 1) await it.pass(SECOND_MS);
    expect(it.desktop.shown).toHaveLength(1);
  });

  it('is not chased once the desktop has shown it, and that is no problem', async () => {
    const it = desk();
    it.windows.problem = 'no window is connected';
    await it.notifier.start();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    await it.pass(SECOND_MS);
    const browser = (await it.deliveries()).find((one) => one.kind === 'browser');
    expect(browser).toMatchObject({
      state: 'expired',
      problem: expect.stringContaining('shown on the other screen'),
    });
    expect(it.notifier.problem()).toBeNull();
    expect(it.outcomes.map((one) => one.outcome)).toEqual(['sent']);
  });

  it('fails with the reason where the host has no screen at all', async () => {
    const it = desk({ without: ['desktop', 'browser'] });
    await it.notifier.start();
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.outcomes).toMatchObject([
      { outcome: 'failed', delivery: { problem: 'this host cannot show desktop notifications' } },
    ]);
    expect(it.notifier.problem()).toContain('cannot show desktop notifications');
  });
});

describe('a full disk', () => {
  it('does not keep a page from being shown, is said, and is made good later', async () => {
    const log = new MemoryLog();
    const it = desk({ ...DESKTOP_ONLY, log });
    await it.notifier.start();
    log.fail = 'no space left on device';
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.desktop.shown).toHaveLength(1);
    expect(it.notifier.problem()).toContain('no space left on device');
    log.fail = null;
    await it.notifier.enqueue([requestOf({ groupKey: 'service=ranking' })]);
    await it.pass(0);
    expect(await it.deliveries()).toHaveLength(2);
    expect(it.notifier.problem()).toBeNull();
  });
});

describe('a test page', () => {
  it('answers when it has arrived', async () => {
    const it = desk(DESKTOP_ONLY);
    await it.notifier.start();
    const answer = await it.notifier.sendTest('team_lead', null);
    expect(answer).toMatchObject({ ok: true, value: [{ state: 'sent', receiver: 'team_lead' }] });
    expect(it.desktop.shown[0]?.title).toBe('Test for team_lead');
  });

  it('answers with the problem where it does not arrive within 15 s', async () => {
    const it = desk(DESKTOP_ONLY);
    it.desktop.problem = 'no session bus';
    await it.notifier.start();
    const answer = it.notifier.sendTest('team_lead', null);
    for (let n = 0; n < 20; n += 1) await it.pass(SECOND_MS);
    expect(await answer).toEqual({ ok: false, error: 'By desktop: no session bus.' });
  });

  it('names the ways that failed and those that did not', async () => {
    const it = desk();
    it.desktop.problem = 'no session bus';
    await it.notifier.start();
    const answer = it.notifier.sendTest('team_lead', null);
    await it.pass(0);
    await it.notifier.acknowledgeShown(it.windows.offered[0]?.id ?? '');
    for (let n = 0; n < 20; n += 1) await it.pass(SECOND_MS);
    expect(await answer).toEqual({
      ok: false,
      error: 'By desktop: no session bus; shown on the other screen of this machine. Sent by browser.',
    });
  });

  it('of a priority goes to this screen and to nobody else, looks like one and says that it is none', async () => {
    const it = desk(DESKTOP_ONLY);
    await it.notifier.start();
    for (const priority of ['P0', 'P1', 'P2', 'P3'] as const) {
      const answer = await it.notifier.sendTestPage(priority);
      expect(answer).toMatchObject({ ok: true, value: [{ state: 'sent', kind: 'desktop' }] });
      expect(it.desktop.shown.at(-1)).toMatchObject({ priority, sound: true, incidentId: null });
      expect(it.desktop.shown.at(-1)?.body).toContain('Nothing is wrong');
    }
    expect(it.desktop.onScreen.size).toBe(4);
  });

  it('of a priority goes to the window where this host has no desktop, and says why it does not arrive', async () => {
    const it = desk(BROWSER_ONLY);
    it.windows.problem = 'no window is open';
    await it.notifier.start();
    const answer = it.notifier.sendTestPage('P0');
    for (let n = 0; n < 20; n += 1) await it.pass(SECOND_MS);
    expect(await answer).toEqual({ ok: false, error: 'By browser: no window is open.' });
  });

  it('refuses a receiver that nobody named', async () => {
    expect(await desk().notifier.sendTest('nobody', null)).toMatchObject({ ok: false });
  });
});
