import { describe, expect, it } from 'vitest';
import { adviceOf, loadDeliveries } from '../../../renderer/state/delivery-log.ts';
import type { Requests } from '../../../renderer/state/request.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { Delivery } from '../../../shared/model/notification.ts';

const delivery = (id: string, change: Partial<Delivery> = {}) =>
  ({ id, state: 'sent', attempts: 1, kind: 'slack', ...change }) as Delivery;

function requestsOver(pages: readonly (readonly Delivery[])[]) {
  const asked: unknown[] = [];
  let next = 0;
  const quiet = async (run: (api: never) => Promise<unknown>) => {
    const api = {
      alert: {
        deliveries: async (input: unknown) => {
          asked.push(input);
          const found = pages[next] ?? [];
          next += 1;
          return { found, more: next < pages.length };
        },
      },
    };
    return ok(await run(api as never));
  };
  return { requests: { quiet } as unknown as Requests, asked };
}

describe('the delivery log', () => {
  it('is read a page at a time, each delivery once', async () => {
    const { requests, asked } = requestsOver([
      [delivery('a'), delivery('b')],
      [delivery('b'), delivery('c')],
    ]);
    const first = await loadDeliveries(requests, { text: ' slack ', state: 'failed' }, null);
    if (!first.ok) throw new Error('no page');
    const second = await loadDeliveries(requests, { text: ' slack ', state: 'failed' }, first.value);
    expect(second.ok && second.value.found.map((one) => one.id)).toEqual(['a', 'b', 'c']);
    expect(second.ok && second.value.more).toBe(false);
    expect(asked).toEqual([
      { text: 'slack', state: 'failed', skip: 0, limit: 50 },
      { text: 'slack', state: 'failed', skip: 2, limit: 50 },
    ]);
    const failure = { code: 'unreachable', text: 'x', confirmation: null };
    const down = { quiet: async () => err(failure) } as unknown as Requests;
    expect(await loadDeliveries(down, { text: '', state: 'all' }, null)).toEqual(err(failure));
  });

  it('says what to do about what did not arrive', () => {
    expect(adviceOf(delivery('a'))).toBeNull();
    expect(adviceOf(delivery('a', { state: 'failed' }))).toContain('slack');
    expect(adviceOf(delivery('a', { state: 'queued', attempts: 0 }))).toBeNull();
    expect(adviceOf(delivery('a', { state: 'queued', attempts: 3 }))).toContain('tried again');
    expect(adviceOf(delivery('a', { state: 'expired', attempts: 0 }))).toContain('never tried');
    expect(adviceOf(delivery('a', { state: 'expired', attempts: 9 }))).toContain('Mend the channel');
  });
});
