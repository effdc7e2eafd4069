import { messageOf } from '../../shared/error/coded.ts';
import { chimeOf } from '../../shared/model/chime.ts';
import { hashOfPage } from '../../shared/model/deep-link.ts';
import type { Page } from '../../shared/model/notification.ts';
import type { Core } from '../state/core.ts';
import { routeOf } from '../state/route.ts';
import type { NotificationPermission } from '../state/ui.ts';
import type { Api } from '../transport/api.ts';
import type { Notice } from '../transport/session.ts';
import type { WindowSound } from './sound.ts';

type Outcome = { readonly outcome: 'shown' | 'denied' | 'failed'; readonly problem: string };

/** Shows pages as notifications of the browser and answers what became of each, so that nothing is taken for seen. */
export interface Notifier {
  show(api: Api, notice: Notice): Promise<void>;
  /** Keeps the window's knowledge of the permission, and brings it where a clicked notification points. */
  follow(core: Core): void;
  ask(core: Core): Promise<void>;
}

export function createNotifier(page: Window, sound: WindowSound): Notifier {
  const worker = registerWorker(page.navigator);
  return {
    show: async (api, { deliveryId, page: message }) => {
      const play = () => playOnce(page, sound, deliveryId, message);
      const answer = await tryToShow(worker, message, play);
      try {
        await api.system.notificationShown({ deliveryId, ...answer });
      } catch {
        // The line broke: the core tries another receiver when no answer comes in time.
        return;
      }
    },
    follow: (core) => {
      void watchPermission(core, page.navigator);
      page.navigator.serviceWorker?.addEventListener('message', (event: MessageEvent<unknown>) => {
        const data = event.data;
        if (
          typeof data === 'object' &&
          data !== null &&
          'type' in data &&
          data.type === 'midwatch:open' &&
          'hash' in data
        )
          core.ui.go(routeOf(String(data.hash)));
      });
    },
    ask: (core) => askPermission(core),
  };
}

async function tryToShow(
  worker: Promise<ServiceWorkerRegistration | null>,
  page: Page,
  play: () => Promise<boolean>,
): Promise<Outcome> {
  if (!('Notification' in globalThis))
    return { outcome: 'failed', problem: 'This browser has no notifications.' };
  if (Notification.permission !== 'granted')
    return {
      outcome: 'denied',
      problem:
        Notification.permission === 'denied'
          ? 'The browser refuses notifications for this address.'
          : 'The browser has not been allowed to show notifications yet.',
    };
  // Where the window cannot sound, the notification does.
  const isHeard = page.sound && (await play());
  const options: NotificationOptions & { renotify?: boolean } = {
    body: page.body,
    tag: page.groupKey,
    renotify: page.sound,
    silent: !page.sound || isHeard,
    requireInteraction: page.priority === 'P0' && !page.resolved,
    icon: './icon.svg',
    data: { hash: hashOfPage(page) },
  };
  try {
    const registration = await worker;
    if (registration) await registration.showNotification(page.title, options);
    else showDirectly(page, options);
    return { outcome: 'shown', problem: '' };
  } catch (thrown) {
    return { outcome: 'failed', problem: messageOf(thrown).slice(0, 500) };
  }
}

// Where there is no service worker the window itself must be open to be reached, which it is: it shows this.
function showDirectly(
  page: Page,
  { renotify: _unused, ...options }: NotificationOptions & { renotify?: boolean },
): void {
  const shown = new Notification(page.title, options);
  shown.addEventListener('click', () => {
    globalThis.focus();
    globalThis.location.hash = hashOfPage(page);
    shown.close();
  });
}

/** How long the other windows of this browser have to see that the sound is taken. */
const TAKEN_MS = 3_000;

/** One window plays it, however many are open; and none that nobody has touched, for a browser keeps those silent. */
async function playOnce(
  page: Window,
  sound: WindowSound,
  deliveryId: string,
  message: Page,
): Promise<boolean> {
  const { locks, userActivation } = page.navigator;
  if (!userActivation.hasBeenActive) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const taken = locks.request(`midwatch-sound-${deliveryId}`, { ifAvailable: true }, async (lock) => {
    resolve(lock === null || (await sound.play(chimeOf(message))));
    if (lock !== null) await new Promise((later) => page.setTimeout(later, TAKEN_MS));
  });
  taken.catch(() => resolve(false));
  return promise;
}

async function registerWorker(navigator: Navigator): Promise<ServiceWorkerRegistration | null> {
  if (!navigator.serviceWorker || !/^https?:$/.test(location.protocol)) return null;
  try {
    await navigator.serviceWorker.register(new URL('sw.js', location.href));
    return await navigator.serviceWorker.ready;
  } catch {
    return null;
  }
}

function permissionNow(): NotificationPermission {
  return 'Notification' in globalThis ? Notification.permission : 'unknown';
}

async function watchPermission(core: Core, navigator: Navigator): Promise<void> {
  const update = () => core.uiStore.setState({ permission: permissionNow() });
  update();
  try {
    const status = await navigator.permissions.query({ name: 'notifications' });
    status.addEventListener('change', update);
  } catch {
    update();
  }
}

export async function askPermission(core: Core): Promise<void> {
  const answer = await Notification.requestPermission();
  core.uiStore.setState({ permission: answer });
  if (answer === 'denied')
    core.ui.toast(
      'problem',
      'The browser refused. Pages reach you by the other receivers only; allow notifications in its settings for this address.',
    );
}
