import type { DATE_FUNCTIONS } from './signature.ts';

type DateFunction = (typeof DATE_FUNCTIONS)[number];

const DAY_MS = 86_400_000;

/** Parts of the calendar, in UTC, of seconds since 1970. */
const PARTS: Readonly<Record<DateFunction, (date: Date) => number>> = {
  year: (date) => date.getUTCFullYear(),
  month: (date) => date.getUTCMonth() + 1,
  day_of_month: (date) => date.getUTCDate(),
  day_of_week: (date) => date.getUTCDay(),
  day_of_year: (date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1,
  days_in_month: (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
};

/** The function of that name over seconds, or undefined. Beyond the years that a date can have there is no number. */
export function dateFunction(name: string): ((seconds: number) => number) | undefined {
  if (!isDateFunction(name)) return undefined;
  const part = PARTS[name];
  return (seconds) => part(new Date(Math.trunc(seconds) * 1000));
}

function isDateFunction(name: string): name is DateFunction {
  return Object.hasOwn(PARTS, name);
}
