import { Temporal } from 'temporal-polyfill';

/** A period of a calendar: so many units from the wall-clock time at which the first one began. */
export interface CalendarPeriod {
  readonly unit: 'day' | 'week' | 'month' | 'quarter' | 'year';
  readonly count: number;
  readonly timeZone: string;
  /** `2026-01-01 00:00:00` on the wall of the time zone. */
  readonly startTime: string;
}

/** One period between two instants; `previousStartAt` is where the last full one began. */
export interface RunningPeriod {
  readonly startAt: number;
  readonly endAt: number;
  readonly previousStartAt: number;
}

/**
 * The period that the instant lies in: its start included, its end not. A month is as long as that month is, and an hour
 * that a clock change skips or repeats makes its day shorter or longer.
 */
export function runningPeriod(period: CalendarPeriod, at: number): RunningPeriod {
  const first = Temporal.PlainDateTime.from(period.startTime.replace(' ', 'T'));
  const startOf = (index: number) =>
    first.add(lengthOf(period, index)).toZonedDateTime(period.timeZone, { disambiguation: 'compatible' })
      .epochMilliseconds;
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(period.timeZone);
  let index = estimate(period, first, local.toPlainDateTime());
  while (startOf(index) > at) index -= 1;
  while (startOf(index + 1) <= at) index += 1;
  return { startAt: startOf(index), endAt: startOf(index + 1), previousStartAt: startOf(index - 1) };
}

/** Counted from the first start, not from the one before: the 31st stays the last day of each month. */
function lengthOf({ unit, count }: CalendarPeriod, index: number): Temporal.DurationLike {
  const units = count * index;
  switch (unit) {
    case 'day':
      return { days: units };
    case 'week':
      return { weeks: units };
    case 'month':
      return { months: units };
    case 'quarter':
      return { months: 3 * units };
    case 'year':
      return { years: units };
  }
}

function estimate(
  { unit, count }: CalendarPeriod,
  first: Temporal.PlainDateTime,
  at: Temporal.PlainDateTime,
): number {
  const smallest = unit === 'quarter' ? 'month' : unit;
  const passed = first.until(at, { largestUnit: smallest });
  const units = { day: passed.days, week: passed.weeks, month: passed.months, year: passed.years };
  return Math.floor(units[smallest] / (unit === 'quarter' ? 3 * count : count));
}
