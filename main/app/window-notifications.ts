import type { BrowserNotification } from '../../shared/contract/system.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Page } from '../../shared/model/notification.ts';
import type { WindowNotifications } from '../api/index.ts';
import type { BrowserNotifier } from '../notify/index.ts';

/** Pages that one window may have waiting. */
const QUEUE_MAX = 100;
/** Pages whose refusals are counted at a time. */
const REFUSALS_MAX = 100;

interface Window {
  queue: BrowserNotification[];
  wake: () => void;
}

/** Carries pages to open windows, which show them as Web Notifications, and their word back. */
export interface BrowserPages extends WindowNotifications, BrowserNotifier {
  stop(): void;
}

export function createBrowserPages(onShown: (deliveryId: string) => Promise<void>): BrowserPages {
  const windows = new Set<Window>();
  let stopped = false;
  let problem: string | null = null;
  const refusals = new Map<string, number>();
  const offer = (deliveryId: string, page: Page): Result<'offered', string> => {
    if (windows.size === 0) return err('no window is open in a browser, so nothing could be shown there');
    refusals.delete(deliveryId);
    for (const window of windows) {
      window.queue = [...window.queue, { deliveryId, page }].slice(-QUEUE_MAX);
      window.wake();
    }
    // Windows are asked all the same: a person may have allowed notifications since, and only showing one tells.
    return problem === null ? ok('offered') : err(problem);
  };
  /** True once every window has refused this page. */
  const refusedByAll = (deliveryId: string): boolean => {
    const count = (refusals.get(deliveryId) ?? 0) + 1;
    if (refusals.size >= REFUSALS_MAX) refusals.clear();
    refusals.set(deliveryId, count);
    return count >= windows.size;
  };
  return {
    offer: async (deliveryId, page) => offer(deliveryId, page),
    async *watch(signal) {
      const window: Window = { queue: [], wake: () => undefined };
      windows.add(window);
      // A window that comes in may be allowed what another was not.
      problem = null;
      const aborted = () => window.wake();
      signal?.addEventListener('abort', aborted, { once: true });
      try {
        while (!signal?.aborted && !stopped) {
          const next = window.queue.shift();
          if (next) yield next;
          else {
            await new Promise<void>((resolve) => {
              window.wake = resolve;
            });
          }
        }
      } finally {
        signal?.removeEventListener('abort', aborted);
        windows.delete(window);
      }
    },
    async shown(deliveryId, outcome, said) {
      if (outcome === 'shown') {
        problem = null;
        refusals.delete(deliveryId);
        await onShown(deliveryId);
      } else if (refusedByAll(deliveryId)) {
        problem =
          outcome === 'denied'
            ? 'the browser does not allow notifications from this address; allow them in the window'
            : said || 'the window could not show it';
      }
    },
    stop() {
      stopped = true;
      for (const window of windows) window.wake();
    },
  };
}
