import type { BrowserNotification } from '../../shared/contract/system.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Page } from '../../shared/model/notification.ts';
import type { WindowNotifications } from '../api/index.ts';
import type { Clock } from '../platform/index.ts';

/** A window must say that it showed a page; without its word the page counts as not shown. */
const SHOWN_TIMEOUT_MS = 5_000;
const QUEUE_MAX = 100;

interface Window {
  queue: BrowserNotification[];
  wake: () => void;
}

export interface BrowserPages extends WindowNotifications {
  /** Pushes the page to every open window; sent once one of them says that it showed it. */
  show(deliveryId: string, page: Page): Promise<Result<'shown', string>>;
  stop(): void;
}

/** Carries pages to open windows, which show them as Web Notifications, and their word back. */
export function createBrowserPages(clock: Clock): BrowserPages {
  const windows = new Set<Window>();
  const waiting = new Map<string, (result: Result<'shown', string>) => void>();
  let stopped = false;
  return {
    async *watch(signal) {
      const window: Window = { queue: [], wake: () => undefined };
      windows.add(window);
      const aborted = () => window.wake();
      signal?.addEventListener('abort', aborted, { once: true });
      try {
        while (!signal?.aborted && !stopped) {
          const next = window.queue.shift();
          if (next) yield next;
          else await new Promise<void>((resolve) => (window.wake = resolve));
        }
      } finally {
        signal?.removeEventListener('abort', aborted);
        windows.delete(window);
      }
    },
    shown(deliveryId, outcome, problem) {
      const settle = waiting.get(deliveryId);
      if (outcome === 'shown') settle?.(ok('shown'));
      else if (windows.size <= 1)
        settle?.(
          err(
            outcome === 'denied'
              ? 'The browser does not allow notifications: allow them for this address.'
              : problem,
          ),
        );
    },
    show(deliveryId, page) {
      if (windows.size === 0)
        return Promise.resolve(err('No window is open in a browser, so nothing could be shown there.'));
      return new Promise((resolve) => {
        const settle = (result: Result<'shown', string>) => {
          cancel();
          waiting.delete(deliveryId);
          resolve(result);
        };
        const cancel = clock.setTimeout(
          () => settle(err('No window said that it showed the page within 5 s.')),
          SHOWN_TIMEOUT_MS,
        );
        waiting.set(deliveryId, settle);
        for (const window of windows) {
          window.queue = [...window.queue, { deliveryId, page }].slice(-QUEUE_MAX);
          window.wake();
        }
      });
    },
    stop() {
      stopped = true;
      for (const window of windows) window.wake();
    },
  };
}
