import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueOf, nextTryOf } from '../../../main/notify/delivery.ts';
import { createNotifier } from '../../../main/notify/index.ts';
import { type Clock, countingIds, silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import { RoutingConfig } from '../../../shared/config/routing.ts';
import { ok } from '../../../shared/error/result.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { MemoryLog, WORKDAY_AT } from '../../support/alerting.ts';
import { delivery } from '../../support/arbitrary.ts';
import { Desktop, desk, requestOf, settled } from '../../support/notifying.ts';

/** Wall time that a person sets, over timers that run on as timers do. */
class SettableClock implements Clock {
  readonly inner = new VirtualClock(WORKDAY_AT);
  private offsetMs = 0;
  now = () => this.inner.now() + this.offsetMs;
  monotonic = () => this.inner.monotonic();
  setTimeout: Clock['setTimeout'] = (task, delayMs) => this.inner.setTimeout(task, delayMs);
  set(byMs: number) {
    this.offsetMs += byMs;
  }
}

function deskOn(clock: SettableClock, desktop = new Desktop(), log = new MemoryLog()) {
  const notifier = createNotifier({
    alerts: () => [],
    environment: {},
    clock,
    log,
    logger: silentLogger(),
    ids: countingIds('page'),
    random: () => 1,
    routing: () => RoutingConfig.parse({}),
    host: () => desktop,
    browser: () => null,
    secret: async () => ok('s'),
    stillTrue: () => null,
  });
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      await clock.inner.advance(Math.min(1_000, ms - passed));
      await settled(notifier);
    }
  };
  return { notifier, desktop, log, pass };
}

describe('a page that waits for its next try', () => {
  it('is tried within a minute though the clock was set back by an hour meanwhile', async () => {
    const clock = new SettableClock();
    const { notifier, desktop, pass } = deskOn(clock);
    await notifier.start();
    desktop.problem = 'no session bus';
    await notifier.enqueue([requestOf()]);
    await pass(20_000);
    expect(desktop.shown).toEqual([]);
    clock.set(-HOUR_MS);
    desktop.problem = null;
    await pass(MINUTE_MS);
    expect(desktop.shown).toHaveLength(1);
  });

  it('is tried at once after a restart with a clock that is behind', async () => {
    const clock = new SettableClock();
    const first = deskOn(clock);
    await first.notifier.start();
    first.desktop.problem = 'no session bus';
    await first.notifier.enqueue([requestOf()]);
    await first.pass(10_000);
    await first.notifier.stop();
    clock.set(-3 * HOUR_MS);
    const second = deskOn(clock, new Desktop(), first.log);
    await second.notifier.start();
    await second.pass(1_000);
    expect(second.desktop.shown).toHaveLength(1);
  });

  it('is given up, and that is said, where the clock went ahead past its time', async () => {
    const clock = new SettableClock();
    const { notifier, desktop, pass } = deskOn(clock);
    const outcomes: string[] = [];
    notifier.onOutcome((outcome, one) => outcomes.push(`${outcome} ${one.state}`));
    await notifier.start();
    desktop.problem = 'no session bus';
    await notifier.enqueue([requestOf()]);
    await pass(5_000);
    clock.set(HOUR_MS);
    desktop.problem = null;
    await pass(MINUTE_MS);
    expect(outcomes).toEqual(['failed expired']);
    expect(desktop.shown).toEqual([]);
  });

  it('has a plan that is never further away than a minute, whatever is stored', () => {
    fc.assert(
      fc.property(
        delivery,
        fc.integer({ min: WORKDAY_AT - HOUR_MS, max: WORKDAY_AT + HOUR_MS }),
        (one, now) => {
          expect(nextTryOf(one, now) - now).toBeLessThanOrEqual(MINUTE_MS);
          if (one.nextTryAt !== null && one.nextTryAt <= now) expect(nextTryOf(one, now)).toBe(one.nextTryAt);
        },
      ),
    );
  });

  it('of one group at one webhook is never overtaken, whatever the clock says', () => {
    fc.assert(
      fc.property(fc.array(delivery, { maxLength: 8 }), fc.integer({ min: 0, max: 2 ** 42 }), (all, now) => {
        const queued = all.map((one, i) => ({
          ...one,
          id: `d${i}`,
          kind: 'webhook' as const,
          channel: 'http://hook',
          page: { ...one.page, groupKey: i % 2 === 0 ? 'a' : 'b' },
        }));
        const due = dueOf(queued, now).map((one) => one.id);
        for (const key of ['a', 'b']) {
          const line = queued.filter((one) => one.page.groupKey === key).map((one) => one.id);
          const dueOfLine = due.filter((id) => line.includes(id));
          expect(dueOfLine.length).toBeLessThanOrEqual(1);
          if (dueOfLine.length === 1) expect(dueOfLine[0]).toBe(line[0]);
        }
      }),
    );
  });
});

describe('a hundred pages at once', () => {
  it('are all shown, each once, in bounds', async () => {
    const it = desk();
    await it.notifier.start();
    let inFlight = 0;
    let most = 0;
    const show = it.desktop.show.bind(it.desktop);
    it.desktop.show = async (page) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
      return show(page);
    };
    await it.notifier.enqueue(Array.from({ length: 100 }, (_, i) => requestOf({ groupKey: `g${i}` })));
    await settled(it.notifier);
    expect(it.desktop.shown).toHaveLength(100);
    expect(new Set(it.desktop.shown.map((page) => page.groupKey)).size).toBe(100);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('of one group leave the last one on the screen, and each is accounted for', async () => {
    const it = desk();
    await it.notifier.start();
    it.desktop.problem = 'locked';
    for (let i = 0; i < 100; i += 1) {
      await it.notifier.enqueue([requestOf({ page: { title: `page ${i}` } })]);
      await settled(it.notifier);
    }
    it.desktop.problem = null;
    await it.pass(2 * MINUTE_MS);
    expect(it.desktop.onScreen.get('service=gateway')?.title).toBe('page 99');
    const all = await it.notifier.recent(1_000);
    const desktop = all.filter((one) => one.kind === 'desktop');
    expect(desktop).toHaveLength(100);
    expect(desktop.filter((one) => one.state === 'queued')).toEqual([]);
    expect(desktop.filter((one) => one.state === 'sent')).toHaveLength(1);
    for (const one of desktop.filter((other) => other.state === 'expired'))
      expect(one.problem).toMatch(/replaced|shown/);
  });

  it('outlive a restart in the middle: what was shown is not shown again, the rest is', async () => {
    const log = new MemoryLog();
    const ids = countingIds('page');
    const first = desk({ log, ids });
    await first.notifier.start();
    const show = first.desktop.show.bind(first.desktop);
    first.desktop.show = async (page) => {
      if (first.desktop.shown.length >= 37) return new Promise(() => undefined);
      return show(page);
    };
    await first.notifier.enqueue(Array.from({ length: 100 }, (_, i) => requestOf({ groupKey: `g${i}` })));
    for (let i = 0; i < 200; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(first.desktop.shown).toHaveLength(37);
    // Killed here: nothing is stopped in order.
    const second = desk({ log, ids });
    await second.notifier.start();
    await settled(second.notifier);
    const shown = [...first.desktop.shown, ...second.desktop.shown].map((page) => page.groupKey);
    expect(new Set(shown).size).toBe(100);
    expect(shown).toHaveLength(100);
  });
});

describe('a listener that fails', () => {
  it('keeps no page from being shown, and nobody else from hearing of it', async () => {
    const it = desk({ without: ['browser'] });
    await it.notifier.start();
    it.notifier.onOutcome(() => {
      throw new Error('a window was closed');
    });
    const heard: string[] = [];
    it.notifier.onOutcome((outcome) => heard.push(outcome));
    await it.notifier.enqueue([requestOf({ groupKey: 'a' }), requestOf({ groupKey: 'b' })]);
    await settled(it.notifier);
    expect(it.desktop.shown).toHaveLength(2);
    expect((await it.notifier.recent(10)).map((one) => one.state)).toEqual(['sent', 'sent']);
    expect(heard).toEqual(['sent', 'sent']);
  });
});
