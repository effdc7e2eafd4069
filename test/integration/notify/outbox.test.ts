import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { randomIds, VirtualClock } from '../../../main/platform/index.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { WORKDAY_AT, watch } from '../../support/alerting.ts';
import { openTestLog, type TestLog } from '../../support/log.ts';
import { type Desk, desk, requestOf } from '../../support/notifying.ts';
import { startWebhookServer, type WebhookServer } from '../../support/webhook-server.ts';

let server: WebhookServer;
let store: TestLog;
beforeEach(async () => {
  server = await startWebhookServer();
  store = openTestLog();
});
afterEach(async () => {
  store.remove();
  await server.close();
});

const routing = () => ({ receivers: { on_call_engineer: [{ kind: 'webhook', url: server.url }] } });

/** A run of the notifier over the store as it lies on disk; the one before is gone without a word, as in a crash. */
async function run(clock: VirtualClock): Promise<Desk> {
  const it = desk({ routing: routing(), log: store.log.call, clock, ids: randomIds() });
  await it.notifier.start();
  return it;
}

describe('an outbox after a crash', () => {
  it('sends exactly what was pending, with the same idempotency keys', async () => {
    const first = await run(new VirtualClock(WORKDAY_AT));
    await first.notifier.enqueue([requestOf({ groupKey: 'sent' })]);
    await first.pass(0);
    expect(server.received).toHaveLength(1);
    server.answer = (response) => response.writeHead(503).end();
    const pending = await first.notifier.enqueue([
      requestOf({ groupKey: 'a' }),
      requestOf({ groupKey: 'b' }),
    ]);
    await first.pass(0);
    await first.notifier.stop();

    store = store.reopen();
    server.answer = (response) => response.writeHead(204).end();
    server.received.length = 0;
    const second = await run(new VirtualClock(WORKDAY_AT + 2 * SECOND_MS));
    await second.pass(0);
    expect(server.received.map((one) => one.headers['idempotency-key']).sort()).toEqual(
      pending.map((one) => one.id).sort(),
    );
    expect(await store.log.call.pendingDeliveries()).toEqual([]);

    store = store.reopen();
    server.received.length = 0;
    const third = await run(new VirtualClock(WORKDAY_AT + 4 * SECOND_MS));
    await third.pass(MINUTE_MS);
    expect(server.received).toEqual([]);
  });

  it('sends again with the same key what was sent but not stored as sent', async () => {
    const clock = new VirtualClock(WORKDAY_AT);
    const first = await run(clock);
    const save = store.log.call.saveDeliveries;
    await first.notifier.enqueue([requestOf()]);
    const [queued] = await store.log.call.pendingDeliveries();
    await first.pass(0);
    if (queued) await save([queued]);
    await first.notifier.stop();
    store = store.reopen();
    const second = await run(clock);
    await second.pass(0);
    const keys = server.received.map((one) => one.headers['idempotency-key']);
    expect(keys).toEqual([queued?.id, queued?.id]);
  });

  it('neither sends what expired meanwhile nor what is no longer true', async () => {
    server.answer = (response) => response.writeHead(503).end();
    const first = await run(new VirtualClock(WORKDAY_AT));
    await first.notifier.enqueue([requestOf({ groupKey: 'a' })]);
    await first.pass(0);
    await first.notifier.stop();
    server.received.length = 0;

    store = store.reopen();
    const second = desk({
      routing: routing(),
      log: store.log.call,
      clock: new VirtualClock(WORKDAY_AT + MINUTE_MS),
    });
    second.untrue = 'it is over';
    await second.notifier.start();
    await second.pass(0);
    expect(second.outcomes).toMatchObject([{ outcome: 'failed', delivery: { state: 'expired' } }]);
    expect(server.received).toEqual([]);

    await second.notifier.enqueue([requestOf({ groupKey: 'b' })]);
    await second.pass(0);
    await second.notifier.stop();
    server.received.length = 0;
    store = store.reopen();
    const third = await run(new VirtualClock(WORKDAY_AT + 20 * MINUTE_MS));
    await third.pass(0);
    expect(server.received).toEqual([]);
    expect(third.outcomes).toMatchObject([{ outcome: 'failed', delivery: { state: 'expired' } }]);
  });

  it('asks "still true?" also of a page that was stored and never tried', async () => {
    const first = desk({ routing: routing(), log: store.log.call, ids: randomIds() });
    await first.notifier.enqueue([requestOf()]);
    store = store.reopen();
    const second = desk({
      routing: routing(),
      log: store.log.call,
      clock: new VirtualClock(WORKDAY_AT + MINUTE_MS),
    });
    second.untrue = 'it is over';
    await second.notifier.start();
    await second.pass(0);
    expect(server.received).toEqual([]);
    expect(second.outcomes[0]?.delivery.problem).toContain('no longer true: it is over');
  });

  it('fails what its configuration no longer knows a way for', async () => {
    server.answer = (response) => response.writeHead(503).end();
    const first = await run(new VirtualClock(WORKDAY_AT));
    await first.notifier.enqueue([requestOf()]);
    await first.pass(0);
    await first.notifier.stop();
    store = store.reopen();
    const second = desk({ log: store.log.call, clock: new VirtualClock(WORKDAY_AT + MINUTE_MS) });
    await second.notifier.start();
    await second.pass(0);
    expect(second.outcomes[0]?.delivery.problem).toContain('no longer in the configuration');
  });
});

describe('a drain', () => {
  it('waits for what is on its way, and keeps the rest for the next start', async () => {
    const it = await run(new VirtualClock(WORKDAY_AT));
    let release: () => void = () => undefined;
    server.answer = (response) => {
      release = () => response.writeHead(204).end();
    };
    await it.notifier.enqueue([requestOf()]);
    while (server.received.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const drained = it.notifier.drain(1_000);
    release();
    await drained;
    expect(it.outcomes.map((one) => one.outcome)).toEqual(['sent']);
    await it.notifier.enqueue([requestOf({ groupKey: 'b' })]);
    const late = it.notifier.drain(1_000);
    await it.clock.advance(1_000);
    await late;
    await it.notifier.stop();
    expect(await store.log.call.pendingDeliveries()).toHaveLength(1);
  });
});

describe('alerts over the real store', () => {
  it('go on after a restart with `for`, acknowledgement and what was said', async () => {
    const it = watch({
      log: {
        saveAlerts: (...args) => store.log.call.saveAlerts(...args),
        loadAlerts: (at) => store.log.call.loadAlerts(at),
        verdicts: (id, limit) => store.log.call.verdicts(id, limit),
      },
    });
    await it.see({ ruleId: 'slow', forMs: 5 * SECOND_MS, labels: { a: 'slow' } }, {});
    await it.alerts.acknowledge({ groupKey: 'service=gateway' }, 'Robin', it.clock.now());
    const before = new Map(it.alerts.list().map((one) => [one.id, one]));
    store = store.reopen();
    await it.restart();
    for (const alert of it.alerts.list()) expect(alert).toEqual(before.get(alert.id));
    expect(
      it.alerts
        .list()
        .map((one) => one.phase)
        .sort(),
    ).toEqual(['firing', 'pending']);
    const firing = it.alerts.list().find((one) => one.phase === 'firing');
    expect((await it.alerts.verdicts(firing?.id ?? '')).map((one) => one.stage)).toContain('route');
    expect((await it.see({})).notifications).toEqual([]);
  });
});
