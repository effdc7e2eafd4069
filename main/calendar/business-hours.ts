import { Temporal } from 'temporal-polyfill';
import type { BusinessHoursConfig, Weekday } from '../../shared/config/routing.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';

/** Business hours of one workspace. Opening is included, closing is not. */
export interface BusinessHours {
  inBusinessHours(at: number): boolean;
  /** The next instant at which they open, strictly after `at`; null where no day of the next two years does. */
  nextOpening(at: number): number | null;
  /** The instant at which so much time has passed within business hours; null where two years do not hold that much. */
  after(at: number, durationMs: number): number | null;
}

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Holidays could fill a calendar; a search that ends is worth more than one that is right about the year after next. */
const SEARCH_DAYS = 731;

/**
 * Decides on the wall clock of the time zone: 09:00 is what the clock on the wall shows, whatever the offset is that day.
 * Where the clocks skip the opening time, the day opens with the first instant after the gap.
 */
export function createBusinessHours(config: BusinessHoursConfig): BusinessHours {
  const holidays = new Set(config.holidays);
  const days = new Set<Weekday>(config.days);
  const from = minuteOfDay(config.from);
  const to = minuteOfDay(config.to);

  const isWorkday = (date: Temporal.PlainDate) => {
    const weekday = WEEKDAYS[date.dayOfWeek - 1];
    return weekday !== undefined && days.has(weekday) && !holidays.has(date.toString());
  };
  const zoned = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(config.time_zone);
  const closingOf = (date: Temporal.PlainDate) =>
    config.to === '24:00'
      ? instantOf(date.add({ days: 1 }), '00:00', config.time_zone)
      : instantOf(date, config.to, config.time_zone);

  const isOpen = (at: number) => {
    const local = zoned(at);
    const minute = local.hour * 60 + local.minute;
    return minute >= from && minute < to && isWorkday(local.toPlainDate());
  };
  // Asked each second, and a zone's wall clock is dear: it moves by whole minutes, so one answer is good for one.
  let known = { minute: Number.NaN, open: false };

  return {
    inBusinessHours(at) {
      const minute = Math.floor(at / MINUTE_MS);
      if (known.minute !== minute) known = { minute, open: isOpen(at) };
      return known.open;
    },
    nextOpening(at) {
      let date = zoned(at).toPlainDate();
      for (let day = 0; day < SEARCH_DAYS; day += 1) {
        if (isWorkday(date)) {
          const opening = instantOf(date, config.from, config.time_zone);
          if (opening > at) return opening;
        }
        date = date.add({ days: 1 });
      }
      return null;
    },
    after(at, durationMs) {
      let left = durationMs;
      let date = zoned(at).toPlainDate();
      for (let day = 0; day < SEARCH_DAYS; day += 1) {
        if (isWorkday(date)) {
          const begin = Math.max(at, instantOf(date, config.from, config.time_zone));
          const open = Math.max(0, closingOf(date) - begin);
          if (open >= left && open > 0) return begin + left;
          left -= open;
        }
        date = date.add({ days: 1 });
      }
      return null;
    },
  };
}

function instantOf(date: Temporal.PlainDate, time: string, timeZone: string): number {
  const wanted = date.toPlainDateTime(Temporal.PlainTime.from(time));
  const found = wanted.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const shown = found.toPlainDateTime();
  if (Temporal.PlainDateTime.compare(shown, wanted) >= 0) return found.epochMilliseconds;
  // The wall clock skips this time: the first instant after the gap stands for it.
  return found.getTimeZoneTransition('next')?.epochMilliseconds ?? found.epochMilliseconds;
}

function minuteOfDay(time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}
