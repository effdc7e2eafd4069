import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

/** A file of the built window as a host answers it. */
export interface WindowFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly headers: Record<string, string>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/** No inline script or style, nothing from another host, no frame in us or around us. */
function policyOf(connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** What every answer to a window carries. `connect` is where the window may open lines to: to its own origin, if nothing is said. */
export function windowHeaders(connect = "'self'"): Record<string, string> {
  return {
    'Content-Security-Policy': policyOf(connect),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    'X-Frame-Options': 'DENY',
  };
}

/** The file below the folder that an address's path means, or undefined: outside of it, of an unknown kind, not there. */
export async function readWindowFile(
  folder: string,
  urlPath: string,
  headers = windowHeaders(),
): Promise<WindowFile | undefined> {
  const path = decode(urlPath);
  if (path === undefined || path.includes('\0')) return undefined;
  const full = normalize(join(folder, path === '/' || path === '' ? '/index.html' : path));
  const type = TYPES[extname(full)];
  if (!full.startsWith(folder.endsWith(sep) ? folder : folder + sep) || !type) return undefined;
  // The build puts a hash into the names below this folder: what has such a name never changes.
  const cache = path.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store';
  try {
    const body = new Uint8Array(await readFile(full));
    return { body, headers: { ...headers, 'Content-Type': type, 'Cache-Control': cache } };
  } catch (thrown) {
    const { code = '' } = thrown as NodeJS.ErrnoException;
    if (['ENOENT', 'EISDIR', 'ENOTDIR'].includes(code)) return undefined;
    throw thrown;
  }
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
