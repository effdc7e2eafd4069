import { describe, expect, it } from 'vitest';
import { addressesOf, channelOf, fallbackOf, knownReceivers } from '../../../main/notify/channel.ts';
import { deliveriesOf, dueOf, fallbackDelivery, replaces } from '../../../main/notify/delivery.ts';
import { defaultRouting, RoutingConfig } from '../../../shared/config/routing.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import { WORKDAY_AT } from '../../support/alerting.ts';
import { requestOf } from '../../support/notifying.ts';

const BOTH = { desktop: true, browser: true };
const HOOK = 'https://hooks.example/team';

const routing = RoutingConfig.parse({
  receivers: {
    on_call_engineer: [{ kind: 'desktop' }, { kind: 'webhook', url: HOOK }],
    team_lead: [{ kind: 'webhook', url: HOOK }],
    empty: [],
  },
});

function deliveries(receivers: string[], available = BOTH, config = routing): Delivery[] {
  const making = { routing: config, available, now: WORKDAY_AT, expiresMs: 1_000, requestId: 'r1' };
  return deliveriesOf(requestOf({ receivers }), making);
}

describe('receivers and their channels', () => {
  it('reach each channel once, with all who are reached there', () => {
    const found = addressesOf(['on_call_engineer', 'team_lead'], routing, BOTH);
    expect(found.map((one) => [one.channel.kind, one.receivers])).toEqual([
      ['desktop', ['on_call_engineer']],
      ['webhook', ['on_call_engineer', 'team_lead']],
    ]);
  });

  it('without channels of their own are shown on the screens that this host has, and that is said', () => {
    for (const name of ['slack_channel', 'empty']) {
      const found = addressesOf([name], routing, { desktop: false, browser: true });
      expect(found.map((one) => one.channel.kind)).toEqual(['browser']);
      expect(found[0]?.note).toBe(`${name} has no channel of its own`);
    }
  });

  it('are never dropped: without any screen one delivery is left to fail in the open', () => {
    expect(addressesOf(['x'], routing, { desktop: false, browser: false })).toHaveLength(1);
  });

  it('are known by their own entry or by a route', () => {
    const known = knownReceivers(routing);
    for (const name of ['empty', 'ticket_system', 'on_call_engineer', 'team_lead'])
      expect(known.has(name)).toBe(true);
    expect(known.has('somebody')).toBe(false);
  });
});

describe('deliveries of one request', () => {
  it('have ids of their own and keep which channel they go to', () => {
    const made = deliveries(['on_call_engineer']);
    expect(made.map((one) => [one.id, one.kind, one.channel])).toEqual([
      ['r1.0', 'desktop', 'desktop'],
      ['r1.1', 'webhook', HOOK],
    ]);
    expect(made.every((one) => one.state === 'queued' && one.nextTryAt === WORKDAY_AT)).toBe(true);
  });

  it('find their channel again as it is configured now, and none where it was taken away', () => {
    const [desktop, webhook] = deliveries(['on_call_engineer']);
    if (!desktop || !webhook) throw new Error('a delivery is missing');
    expect(channelOf(webhook, routing)).toMatchObject({ kind: 'webhook', url: HOOK, timeout: 10_000 });
    expect(channelOf(webhook, defaultRouting())).toBeNull();
    expect(channelOf(desktop, defaultRouting())).toEqual({ kind: 'desktop' });
  });

  it('fall back to the other screen once, never to itself and never from a webhook', () => {
    const [desktop, webhook] = deliveries(['on_call_engineer']);
    if (!desktop || !webhook) throw new Error('a delivery is missing');
    const made = fallbackDelivery(desktop, 'no session bus', [desktop, webhook], BOTH, WORKDAY_AT + 5);
    expect(made).toMatchObject({
      id: 'r1.0.browser',
      kind: 'browser',
      attempts: 0,
      nextTryAt: WORKDAY_AT + 5,
    });
    if (!made) throw new Error('the fallback is missing');
    expect(fallbackDelivery(desktop, 'again', [desktop, made], BOTH, WORKDAY_AT)).toBeNull();
    expect(fallbackDelivery(made, 'no window', [desktop, made], BOTH, WORKDAY_AT)).toBeNull();
    expect(fallbackDelivery(webhook, 'down', [webhook], BOTH, WORKDAY_AT)).toBeNull();
    expect(fallbackOf('desktop', { desktop: true, browser: false })).toBeNull();
  });

  it('are due in order, of one group at one webhook only the first', () => {
    const [desktop, webhook] = deliveries(['on_call_engineer']);
    if (!desktop || !webhook) throw new Error('a delivery is missing');
    const second = { ...webhook, id: 'r2.1' };
    const elsewhere = { ...webhook, id: 'r3.1', page: { ...webhook.page, groupKey: 'service=ranking' } };
    const later = { ...desktop, id: 'r4.0', nextTryAt: WORKDAY_AT + 1 };
    const due = dueOf([desktop, webhook, second, elsewhere, later], WORKDAY_AT);
    expect(due.map((one) => one.id)).toEqual(['r1.0', 'r1.1', 'r3.1']);
    const waiting = { ...webhook, nextTryAt: WORKDAY_AT + 1 };
    expect(dueOf([waiting, second], WORKDAY_AT)).toEqual([]);
  });

  it('replace each other on a screen only, and within a group only', () => {
    const [desktop, webhook] = deliveries(['on_call_engineer']);
    if (!desktop || !webhook) throw new Error('a delivery is missing');
    expect(replaces(desktop, desktop)).toBe(true);
    expect(replaces(webhook, webhook)).toBe(false);
    const other = { ...desktop, page: { ...desktop.page, groupKey: 'service=ranking' } };
    expect(replaces(other, desktop)).toBe(false);
  });
});
