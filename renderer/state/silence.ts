import type { ShownAlert } from '../../shared/model/alert.ts';
import { type Silence, type SilenceState, silenceState } from '../../shared/model/silence.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseDuration } from '../../shared/unit/time.ts';

/** How long a silence may be made for by one press. */
export const SILENCE_SPANS = [
  { name: '30 min', ms: 30 * MINUTE_MS },
  { name: '1 h', ms: HOUR_MS },
  { name: '2 h', ms: 2 * HOUR_MS },
  { name: '8 h', ms: 8 * HOUR_MS },
  { name: '1 d', ms: DAY_MS },
  { name: '3 d', ms: 3 * DAY_MS },
] as const;

const ORDER: Readonly<Record<SilenceState, number>> = { active: 0, pending: 1, expired: 2 };

/** In force first, the one that ends soonest on top; what is over last, the newest of it on top. */
export function sortSilences(silences: Iterable<Silence>, now: number): Silence[] {
  return [...silences].sort((a, b) => {
    const [x, y] = [silenceState(a, now), silenceState(b, now)];
    const order = ORDER[x] - ORDER[y];
    if (order !== 0) return order;
    const sooner = endOf(a) - endOf(b);
    return (x === 'expired' ? -sooner : sooner) || (a.id < b.id ? -1 : 1);
  });
}

/** When it ends, or ended. */
export function endOf(silence: Silence): number {
  return silence.expiredAt ?? silence.endsAt;
}

/** A duration as somebody types it, `90m` or `1d12h`; null where it is none. */
export function spanOf(text: string): number | null {
  const ms = parseDuration(text.replaceAll(' ', '').replaceAll('min', 'm'));
  return ms !== undefined && ms >= 1_000 ? ms : null;
}

/** The alerts that one silence holds, by the reason that each remembers. */
export function heldBy<Held extends Pick<ShownAlert, 'hold'>>(
  alerts: Iterable<Held>,
  silenceId: string,
): readonly Held[] {
  const held: Held[] = [];
  for (const one of alerts) if (one.hold?.stage === 'silence' && one.hold.by === silenceId) held.push(one);
  return held;
}

/** A span in its own time zone, as whoever planned it reads it: `Sat 28 Nov 22:00–23:00`. */
export function plannedText(
  { startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number },
  timeZone: string,
): string {
  const day = (at: number) => inZone(at, timeZone, { weekday: 'short', day: 'numeric', month: 'short' });
  const time = (at: number) => inZone(at, timeZone, { hour: '2-digit', minute: '2-digit' });
  const isOneDay = day(startsAt) === day(endsAt);
  return `${day(startsAt)} ${time(startsAt)} to ${isOneDay ? '' : `${day(endsAt)} `}${time(endsAt)}`;
}

function inZone(at: number, timeZone: string, parts: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, ...parts }).format(at).replace(',', '');
}
