import { execFile } from 'node:child_process';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Page } from '../../../shared/model/notification.ts';

/** Shows a page on the desktop that the core runs on. */
export interface DesktopNotifier {
  show(page: Page): Promise<Result<'shown', string>>;
}

const URGENCY = { P0: 'critical', P1: 'critical', P2: 'normal', P3: 'low' } as const;

/**
 * Linux: `notify-send` of the desktop session, with the text as arguments; servers read the body as markup, so it is escaped.
 * Null elsewhere and without a session: pages go to the browser's window then, and none is tried here in vain.
 */
export function createDesktopNotifier(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): DesktopNotifier | null {
  if (platform !== 'linux' || !environment.DBUS_SESSION_BUS_ADDRESS) return null;
  return {
    show: (page) => {
      const tag = `string:x-canonical-private-synchronous:${page.groupKey.slice(0, 200)}`;
      const args = [
        '--app-name=Midwatch',
        `--urgency=${URGENCY[page.priority]}`,
        `--hint=${tag}`,
        '--',
        page.title.slice(0, 300),
        escapeMarkup(page.body.slice(0, 2_000)),
      ];
      return new Promise((resolve) => {
        execFile('notify-send', args.map(asArgument), { timeout: 5_000 }, (error) => {
          resolve(
            error
              ? err(
                  `notify-send failed: ${error.message.split('\n')[0]}. Install libnotify-bin, or rely on the browser's notification.`,
                )
              : ok('shown'),
          );
        });
      });
    },
  };
}

/** No process takes an argument with a NUL in it, and label values may hold one. */
function asArgument(text: string): string {
  return text.replaceAll('\0', ' ');
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
