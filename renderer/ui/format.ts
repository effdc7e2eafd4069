import { DAY_MS, formatDuration, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';

/** `02:13:05`, always UTC. */
export function clockUtc(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** `Tue 24 Nov`, always UTC. */
export function dayUtc(at: number): string {
  return new Date(at)
    .toLocaleDateString('en-GB', { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' })
    .replace(',', '');
}

/** `2026-11-24 02:13:05 UTC`: for hover and for exports. */
export function absoluteUtc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A time as a row shows it: the clock today, the day before that. */
export function shortUtc(at: number, now: number): string {
  return now - at < 20 * HOUR_MS
    ? clockUtc(at)
    : `${dayUtc(at).replace(/^\w+ /, '')} ${clockUtc(at).slice(0, 5)}`;
}

/** `3 m ago`, `just now`. */
export function ago(at: number, now: number): string {
  const ms = now - at;
  if (ms < SECOND_MS * 2) return 'just now';
  return `${coarse(ms)} ago`;
}

/** A duration of which only the first unit matters, or two from an hour on. */
export function coarse(ms: number): string {
  if (ms < SECOND_MS) return 'under 1 s';
  if (ms < MINUTE_MS) return formatDuration(Math.floor(ms / SECOND_MS) * SECOND_MS);
  if (ms < HOUR_MS) return formatDuration(Math.floor(ms / MINUTE_MS) * MINUTE_MS);
  if (ms < 10 * DAY_MS) return formatDuration(Math.floor(ms / MINUTE_MS) * MINUTE_MS);
  return formatDuration(Math.floor(ms / DAY_MS) * DAY_MS);
}

/** Counts down: `26:28` under an hour, `3 h 56 m` above; `late by 4:10` once it is over. */
export function countdown(ms: number): string {
  if (ms < 0) return `late by ${clockLike(-ms)}`;
  return clockLike(ms);
}

function clockLike(ms: number): string {
  if (ms >= HOUR_MS) return formatDuration(Math.floor(ms / MINUTE_MS) * MINUTE_MS);
  const seconds = Math.floor(ms / SECOND_MS);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** `2.1 MB`, with powers of 1024 as file managers show them. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value >= 100 || power === 0 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** The local zone's clock and its short name. */
export function localClock(at: number): { clock: string; zone: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).formatToParts(at);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return { clock: `${part('hour')}:${part('minute')}:${part('second')}`, zone: part('timeZoneName') };
}
