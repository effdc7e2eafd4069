import { protocol } from 'electron';
import { readWindowFile } from '../../app/index.ts';

const SCHEME = 'app';
/** The window's origin under the desktop runtime. */
export const ORIGIN = `${SCHEME}://midwatch`;

export function isOwnAddress(address: string): boolean {
  return address === ORIGIN || address.startsWith(`${ORIGIN}/`);
}

/** Must be called before the runtime is ready. The scheme is secure and has an origin of its own; it bypasses no policy. */
export function registerScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true };
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }]);
}

/** Answers the window's own files and nothing else. */
export function serveWindowFiles(folder: string): void {
  protocol.handle(SCHEME, async ({ method, url }) => {
    const isAnswered = method === 'GET' && isOwnAddress(url);
    const file = isAnswered ? await readWindowFile(folder, new URL(url).pathname) : undefined;
    return file ? new Response(file.body, { headers: file.headers }) : new Response(null, { status: 404 });
  });
}
