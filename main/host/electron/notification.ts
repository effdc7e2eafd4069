import { Notification, type NotificationConstructorOptions } from 'electron';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import { hashOfIncident, hashOfPage } from '../../../shared/model/deep-link.ts';
import type { Page } from '../../../shared/model/notification.ts';
import type { PageSounds } from '../../app/index.ts';
import type { Clock } from '../../platform/index.ts';

export interface NotificationDeps {
  readonly clock: Clock;
  /** While it is on, only P0 may sound. */
  readonly isSnoozed: () => boolean;
  /** Goes to an address inside the window. */
  readonly open: (hash: string) => void;
  readonly acknowledge: (incidentId: string) => void;
  readonly sounds: PageSounds;
}

/** The system's notifications: one for each incident, replaced by the next page about it instead of stacked. */
export interface DesktopNotifications {
  show(page: Page): Promise<Result<'shown', string>>;
  /** How the newest page's sound was played, or why not, in words. */
  sound(): Promise<string>;
  /** Takes the incident's notification away: somebody has it in hand. */
  withdraw(incidentId: string): void;
  stop(): void;
}

/** Where no program here plays ours, macOS plays these by name; elsewhere the system has one sound. */
const SOUNDS = { P0: 'Sosumi', P1: 'Submarine', P2: 'Glass', P3: 'Pop' } as const;
const URGENCY = { P0: 'critical', P1: 'critical', P2: 'normal', P3: 'low' } as const;
/** Some desktops never say that a notification was shown; then it was not, and another way is taken. */
const SHOWN_WITHIN_MS = 5_000;
const BUTTONS = ['Acknowledge', 'Open'] as const;

export function createNotifications(deps: NotificationDeps): DesktopNotifications {
  const shown = new Map<string, Notification>();
  const withdraw = (key: string) => {
    shown.get(key)?.close();
    shown.delete(key);
  };
  return {
    withdraw,
    async show(page) {
      if (!Notification.isSupported()) return err('No notification service runs on this desktop.');
      const key = page.incidentId ?? page.groupKey;
      const isQuiet = !page.sound || (deps.isSnoozed() && page.priority !== 'P0');
      const note = new Notification(optionsOf(page, key, isQuiet || deps.sounds.isThere()));
      const { incidentId } = page;
      note.on('click', () => deps.open(hashOfPage(page)));
      note.on('action', ({ actionIndex }) => {
        if (BUTTONS[actionIndex] === 'Acknowledge' && incidentId !== null) deps.acknowledge(incidentId);
        else deps.open(hashOfIncident(incidentId));
      });
      withdraw(key);
      // Held until it is replaced: a notification that nobody holds loses its listeners.
      shown.set(key, note);
      const outcome = await whenShown(note, deps.clock);
      if (outcome.ok) deps.sounds.begin(page, isQuiet);
      return outcome;
    },
    sound: () => deps.sounds.said(),
    stop: () => [...shown.keys()].forEach(withdraw),
  };
}

function optionsOf(page: Page, key: string, isSilent: boolean): NotificationConstructorOptions {
  const { priority, incidentId, resolved } = page;
  const hasButtons = process.platform !== 'linux' && incidentId !== null && !resolved;
  return {
    id: key.slice(0, 60),
    groupId: key.slice(0, 60),
    title: page.title,
    body: page.body,
    silent: isSilent,
    urgency: resolved ? 'low' : URGENCY[priority],
    timeoutType: priority === 'P0' && !resolved ? 'never' : 'default',
    ...(isSilent ? {} : { sound: SOUNDS[priority] }),
    actions: hasButtons ? BUTTONS.map((text) => ({ type: 'button', text })) : [],
  };
}

function whenShown(note: Notification, clock: Clock): Promise<Result<'shown', string>> {
  return new Promise((resolve) => {
    const tooLate = () => resolve(err('The desktop did not say within 5 s that it showed the notification.'));
    const cancel = clock.setTimeout(tooLate, SHOWN_WITHIN_MS);
    note.once('show', () => {
      cancel();
      resolve(ok('shown'));
    });
    note.once('failed', (_event, problem) =>
      resolve(err(`The desktop refused the notification: ${problem}`)),
    );
    note.show();
  });
}
