import { describe, expect, it } from 'vitest';
import { createBrowserPages } from '../../../main/app/window-notifications.ts';
import type { BrowserNotification } from '../../../shared/contract/system.ts';
import type { Page } from '../../../shared/model/notification.ts';

const page = (title = 'Checkout fails'): Page => ({
  groupKey: 'gateway',
  title,
  body: '4 of 120 failed',
  priority: 'P0',
  sound: true,
  resolved: false,
  incidentId: null,
});

function bench() {
  const shown: string[] = [];
  const pages = createBrowserPages(async (id) => void shown.push(id));
  return { shown, pages };
}

/** A window that takes pages in turn, as the real one does over its stream. */
function openWindow(pages: ReturnType<typeof createBrowserPages>) {
  const ending = new AbortController();
  const got: BrowserNotification[] = [];
  const done = (async () => {
    for await (const one of pages.watch(ending.signal)) got.push(one);
  })();
  return {
    got,
    ids: () => got.map((one) => one.deliveryId),
    close: async () => {
      ending.abort();
      await done;
    },
    done,
  };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('pages for windows', () => {
  it('are refused while no window is open, because an offer to nobody would be taken for a page', async () => {
    const { pages } = bench();
    expect(await pages.offer('d1', page())).toMatchObject({
      ok: false,
      error: expect.stringContaining('no window'),
    });
  });

  it('go to every open window, in order', async () => {
    const { pages } = bench();
    const [first, second] = [openWindow(pages), openWindow(pages)];
    await turn();
    for (const id of ['d1', 'd2', 'd3']) expect(await pages.offer(id, page(id))).toMatchObject({ ok: true });
    await turn();
    expect(first.ids()).toEqual(['d1', 'd2', 'd3']);
    expect(second.ids()).toEqual(['d1', 'd2', 'd3']);
    await Promise.all([first.close(), second.close()]);
    expect(await pages.offer('d4', page())).toMatchObject({ ok: false });
  });

  it('are confirmed by the window that showed them', async () => {
    const { pages, shown } = bench();
    const window = openWindow(pages);
    await turn();
    await pages.offer('d1', page());
    await pages.shown('d1', 'shown', '');
    expect(shown).toEqual(['d1']);
    await window.close();
  });

  it('that a window may not show come back with the reason, and the window is asked again all the same', async () => {
    const { pages } = bench();
    const window = openWindow(pages);
    await turn();
    await pages.offer('d1', page());
    await pages.shown('d1', 'denied', '');
    expect(await pages.offer('d2', page())).toMatchObject({
      ok: false,
      error: expect.stringContaining('allow them'),
    });
    await turn();
    // A person has allowed notifications since; only a page that is tried can find that out.
    expect(window.ids()).toEqual(['d1', 'd2']);
    await pages.shown('d2', 'shown', '');
    expect(await pages.offer('d3', page())).toMatchObject({ ok: true });
    await window.close();
  });

  it('that one window of two refuses are still offered, until the other refuses too', async () => {
    const { pages } = bench();
    const windows = [openWindow(pages), openWindow(pages)];
    await turn();
    await pages.offer('d1', page());
    await pages.shown('d1', 'denied', '');
    expect(await pages.offer('d2', page())).toMatchObject({ ok: true });
    await pages.shown('d2', 'denied', '');
    await pages.shown('d2', 'failed', 'the service worker is gone');
    expect(await pages.offer('d3', page())).toEqual({ ok: false, error: 'the service worker is gone' });
    await Promise.all(windows.map((one) => one.close()));
  });

  it('have a clean slate in a window that comes in', async () => {
    const { pages } = bench();
    const first = openWindow(pages);
    await turn();
    await pages.offer('d1', page());
    await pages.shown('d1', 'denied', '');
    await first.close();
    const second = openWindow(pages);
    await turn();
    expect(await pages.offer('d2', page())).toMatchObject({ ok: true });
    await second.close();
  });

  it('do not fill the memory where a window reads nothing', async () => {
    const { pages } = bench();
    const stuck = pages.watch(undefined);
    const first = stuck.next();
    await turn();
    await pages.offer('first', page());
    await first;
    for (let i = 0; i < 250; i += 1) await pages.offer(`d${i}`, page());
    const got: string[] = [];
    for (let i = 0; i < 100; i += 1) {
      const { value } = await stuck.next();
      if (value) got.push(value.deliveryId);
    }
    expect(got).toHaveLength(100);
    expect(got.at(-1)).toBe('d249');
    await stuck.return();
  });

  it('end with the core: every window’s stream comes to its end', async () => {
    const { pages } = bench();
    const windows = [openWindow(pages), openWindow(pages)];
    await turn();
    pages.stop();
    await Promise.all(windows.map((one) => one.done));
    const late = openWindow(pages);
    await late.done;
    expect(late.got).toEqual([]);
  });

  it('are not lost where a window hangs up while it waits', async () => {
    const { pages, shown } = bench();
    const [stays, leaves] = [openWindow(pages), openWindow(pages)];
    await turn();
    await leaves.close();
    await pages.offer('d1', page());
    await turn();
    expect(stays.ids()).toEqual(['d1']);
    expect(leaves.ids()).toEqual([]);
    expect(shown).toEqual([]);
    await stays.close();
  });
});
