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
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** No inline script or style, nothing from another host, no frame in us or around us. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
};

/** The file below the folder that an address's path means, or undefined: outside of it, of an unknown kind, not there. */
export async function readWindowFile(folder: string, urlPath: string): Promise<WindowFile | undefined> {
  const path = decode(urlPath);
  if (path === undefined || path.includes('\0')) return undefined;
  const full = normalize(join(folder, path === '/' || path === '' ? '/index.html' : path));
  const type = TYPES[extname(full)];
  if (!full.startsWith(folder.endsWith(sep) ? folder : folder + sep) || !type) return undefined;
  try {
    return { body: new Uint8Array(await readFile(full)), headers: { ...HEADERS, 'Content-Type': type } };
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
