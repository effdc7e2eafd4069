/** A server may not silence the watch for longer than this, whatever it asks. */
export const RETRY_AFTER_MAX_MS = 5 * 60_000;

/** Reads `Retry-After`, in seconds or as a date; null where there is none that makes sense. Capped. */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text) * 1000, RETRY_AFTER_MAX_MS);
  const at = parseHttpDate(text);
  return at === null ? null : Math.min(Math.max(0, at - now), RETRY_AFTER_MAX_MS);
}

/** Reads a date as HTTP writes it, in milliseconds UTC; null where it is none. */
export function parseHttpDate(text: string | undefined): number | null {
  if (text === undefined || !/^[A-Za-z]{3},/.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}
