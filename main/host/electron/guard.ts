import { app, type Session, shell, type WebContents } from 'electron';
import type { Clock, Logger } from '../../platform/index.ts';
import { isOwnAddress } from './address.ts';

/** A link opens outside only this soon after a press of a key or a button. */
const GESTURE_MS = 1_000;
const GESTURES: readonly string[] = ['mouseDown', 'mouseUp', 'rawKeyDown', 'keyDown', 'gestureTap'];
const LINK_MAX = 2_000;

/** Nothing is granted to a page: no camera, no notification of its own, no device, no download. */
export function guardSession(session: Session, log: Logger): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    log.warn({ permission }, 'a page asked for a permission and did not get it');
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on('will-download', (event) => event.preventDefault());
}

/** Every page that ever comes to be is held to our own address; the rest of the web opens in the browser, if a hand asked. */
export function guardPages(clock: Clock, log: Logger): void {
  app.on('web-contents-created', (_event, contents) => guardPage(contents, clock, log));
}

function guardPage(contents: WebContents, clock: Clock, log: Logger): void {
  let gestureAt = Number.NEGATIVE_INFINITY;
  const stayHome = (event: { readonly url: string; preventDefault(): void }) => {
    if (isOwnAddress(event.url)) return;
    event.preventDefault();
    log.warn(
      { address: event.url.slice(0, LINK_MAX) },
      'the window was to leave its own address, and did not',
    );
  };
  contents.on('will-navigate', stayHome);
  contents.on('will-frame-navigate', stayHome);
  contents.on('will-redirect', stayHome);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('input-event', (_event, input) => {
    if (GESTURES.includes(input.type)) gestureAt = clock.now();
  });
  contents.setWindowOpenHandler(({ url }) => {
    const isAsked = clock.now() - gestureAt <= GESTURE_MS;
    // One press opens one link.
    gestureAt = Number.NEGATIVE_INFINITY;
    if (isAsked && mayOpenOutside(url))
      shell.openExternal(url).catch(() => log.warn({}, 'the system did not open a link'));
    else log.warn({ address: url.slice(0, LINK_MAX), isAsked }, 'a link was not opened');
    return { action: 'deny' };
  });
}

/** Only what a browser or a mail program is for: other schemes start programs. */
function mayOpenOutside(address: string): boolean {
  if (address.length > LINK_MAX || !URL.canParse(address)) return false;
  const { protocol, username, password } = new URL(address);
  return protocol === 'mailto:' || (protocol === 'https:' && username === '' && password === '');
}
