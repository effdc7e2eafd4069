import { extname, join, normalize, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The window's origin under the desktop runtime. */
export const ORIGIN = 'app://midwatch';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

export function isOwnAddress(address: string): boolean {
  return address === ORIGIN || address.startsWith(`${ORIGIN}/`);
}

/** The file that an address of ours means, or undefined: another origin, a path out of the folder, an unknown kind. */
export function fileForAddress(folder: string, address: string): URL | undefined {
  if (!isOwnAddress(address)) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(new URL(address).pathname);
  } catch {
    return undefined;
  }
  const full = normalize(join(folder, path === '/' || path === '' ? '/index.html' : path));
  if (!full.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return undefined;
  return TYPES[extname(full)] && !path.includes('\0') ? pathToFileURL(full) : undefined;
}

/** No inline script or style, nothing from another host, no frame. */
export function responseHeaders(file: URL): Record<string, string> {
  return {
    'Content-Type': TYPES[extname(file.pathname)] ?? 'application/octet-stream',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  };
}
