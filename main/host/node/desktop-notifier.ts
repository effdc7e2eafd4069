import { ok, type Result } from '../../../shared/error/result.ts';
import type { Page } from '../../../shared/model/notification.ts';
import type { PageSounds } from '../../app/index.ts';
import { createNotifySend } from './notify-send.ts';

/** Shows a page on the desktop that the core runs on, with its sound. */
export interface DesktopNotifier {
  show(page: Page): Promise<Result<'shown', string>>;
  /** How the newest page's sound was played, or why not, in words. */
  sound(): Promise<string>;
  stop(): void;
}

export interface DesktopNotifierDeps {
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
  readonly sounds: PageSounds;
  /** A person pressed the notification; null where no browser can be opened for them here. */
  readonly open: ((page: Page) => void) | null;
}

const URGENCY = { P0: 'critical', P1: 'critical', P2: 'normal', P3: 'low' } as const;
/** For services that play sounds themselves. @see https://specifications.freedesktop.org/sound-naming-spec/latest/ */
const SOUND_NAMES = {
  P0: 'phone-incoming-call',
  P1: 'alarm-clock-elapsed',
  P2: 'message-new-instant',
  P3: 'message',
} as const;

/**
 * Linux: `notify-send` of the desktop session, with the text as arguments; servers read the body as markup, so it is escaped.
 * Null elsewhere and without a session: pages go to the browser's window then, and none is tried here in vain.
 */
export function createDesktopNotifier(deps: DesktopNotifierDeps): DesktopNotifier | null {
  const { platform, environment, sounds, open } = deps;
  if (platform !== 'linux' || !environment.DBUS_SESSION_BUS_ADDRESS) return null;
  const notes = createNotifySend(open !== null);
  return {
    async show(page) {
      const shown = await notes.show(page.groupKey, argumentsOf(page, sounds), () => open?.(page));
      if (shown.ok) sounds.begin(page);
      return shown.ok ? ok('shown') : shown;
    },
    sound: () => sounds.said(),
    stop: () => notes.stop(),
  };
}

function argumentsOf(page: Page, sounds: PageSounds): string[] {
  const tag = `string:x-canonical-private-synchronous:${page.groupKey.slice(0, 200)}`;
  const isOurs = !page.sound || sounds.isThere();
  return [
    '--app-name=Midwatch',
    `--urgency=${URGENCY[page.priority]}`,
    `--hint=${tag}`,
    `--hint=${isOurs ? 'boolean:suppress-sound:true' : `string:sound-name:${SOUND_NAMES[page.priority]}`}`,
    '--',
    page.title.slice(0, 300),
    escapeMarkup(page.body.slice(0, 2_000)),
  ];
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
