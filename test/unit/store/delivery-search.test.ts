import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../shared/model/notification.ts';
import { openTestLog } from '../../support/log.ts';

const delivery = (id: string, change: Partial<Delivery>): Delivery => ({
  id,
  receiver: 'on_call_engineer',
  kind: 'slack',
  page: {
    title: 'P0 gateway burns',
    body: '',
    priority: 'P0',
    incidentId: null,
    groupKey: 'g',
    sound: true,
    resolved: false,
  },
  alertIds: [],
  createdAt: 1,
  expiresAt: 2,
  attempts: 1,
  nextTryAt: null,
  state: 'sent',
  sentAt: 1,
  reason: 'P0 tells them',
  problem: null,
  ...change,
});

describe('the delivery log in the store', () => {
  it('is searched by any word and by outcome, newest first, a page at a time', async () => {
    const log = openTestLog();
    const { call } = log.log;
    await call.saveDeliveries(
      Array.from({ length: 5 }, (_one, i) =>
        delivery(`d${i}`, {
          createdAt: i,
          ...(i % 2 ? { state: 'failed' as const, problem: 'HTTP 500 of 100 % "x"' } : {}),
        }),
      ),
    );
    const ids = async (text: string, state: Delivery['state'] | 'all', skip = 0, limit = 10) =>
      (await call.searchDeliveries({ text, state, skip, limit })).map((one) => one.id);
    expect(await ids('', 'all')).toEqual(['d4', 'd3', 'd2', 'd1', 'd0']);
    expect(await ids('', 'all', 1, 2)).toEqual(['d3', 'd2']);
    expect(await ids(' HTTP 500 ', 'all')).toEqual(['d3', 'd1']);
    expect(await ids('gateway', 'sent')).toEqual(['d4', 'd2', 'd0']);
    // Signs of a pattern stand for themselves.
    expect(await ids('%', 'sent')).toEqual([]);
    log.remove();
  });
});
