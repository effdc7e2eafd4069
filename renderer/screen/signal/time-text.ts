import { absoluteUtc, dayUtc, localClock } from '../../ui/format.ts';

/** A time of the charts with its zone, as the screen shows them. */
export function timeText(at: number, zone: 'utc' | 'local'): string {
  if (zone === 'utc') return `${dayUtc(at).replace(/^\w+ /, '')} ${absoluteUtc(at).slice(11)}`;
  const { clock, zone: name } = localClock(at);
  const day = new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return `${day} ${clock} ${name}`;
}
