import { z } from 'zod';

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const LocalTime = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/, {
  message: 'expected a date and time on the wall of the time zone, such as 2026-01-05T09:00',
});
const Person = z.string().min(1).max(200);
const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, {
  message: 'is not a time of day such as 09:00',
});

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}

/** Turns of equal length, one person after the other. */
const Rotation = z.strictObject({
  id: z.string().min(1).max(100),
  people: z.array(Person).min(1).max(100),
  /** When the first turn of the first person begins; nobody is on call by this rotation before it. */
  from: LocalTime,
  /** How long a turn is, on the wall clock: the hand-over stays at its time of day when the clocks change. */
  every: z.string().regex(/^[1-9]\d{0,2}[hdw]$/, {
    message: 'expected whole hours, days or weeks, such as 12h, 1d or 1w',
  }),
  /** Only at these times; at all where left out. */
  hours: z
    .strictObject({
      days: z
        .array(z.enum(WEEKDAYS))
        .min(1)
        .default([...WEEKDAYS]),
      from: TimeOfDay,
      to: TimeOfDay,
    })
    .refine((hours) => hours.from < hours.to, { message: 'must begin before it ends', path: ['to'] })
    .optional(),
});

/** One person from one time to another. `from` is included, `to` is not. */
const Shift = z
  .strictObject({ person: Person, from: LocalTime, to: LocalTime })
  .refine((shift) => shift.from < shift.to, { message: 'must begin before it ends', path: ['to'] });
export type ShiftConfig = z.infer<typeof Shift>;

/**
 * Who is on call. Overrides win over shifts, shifts over rotations, and an earlier rotation over a later one, so that at
 * each instant it is one person or nobody.
 */
export const ScheduleConfig = z.strictObject({
  time_zone: z
    .string()
    .default('UTC')
    .refine(isTimeZone, { message: 'is not a time zone such as Europe/Berlin' }),
  rotations: z.array(Rotation).max(50).default([]),
  shifts: z.array(Shift).max(5_000).default([]),
  overrides: z.array(Shift).max(1_000).default([]),
});
export type ScheduleConfig = z.infer<typeof ScheduleConfig>;
