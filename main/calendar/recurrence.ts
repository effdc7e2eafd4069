import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';
import { err, ok, type Result } from '../../shared/error/result.ts';

export interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** When something planned takes place. An occurrence includes its start and excludes its end. */
export interface Recurrence {
  /** The occurrence that runs at that instant, the latest where several do; null where none does. */
  current(at: number): Span | null;
  /** The first that begins strictly after; null where none does. */
  next(at: number): Span | null;
}

export type Plan =
  | { readonly schedule: string; readonly durationMs: number; readonly timeZone: string }
  | { readonly from: string; readonly to: string; readonly timeZone: string };

/** A plan that begins this often within one occurrence is a mistake, and finding the latest would not end. */
const OVERLAPS_MAX = 10_000;
const FIELDS = 5;

/**
 * Plans stand on the wall clock of their time zone. A start that the clocks skip moves to the first instant after the
 * gap, one that comes twice counts the first time; the duration is real time, whatever the clocks do meanwhile.
 */
export function createRecurrence(plan: Plan): Result<Recurrence, string> {
  return 'schedule' in plan ? recurring(plan) : once(plan);
}

function recurring(plan: Extract<Plan, { schedule: string }>): Result<Recurrence, string> {
  const { schedule, durationMs, timeZone } = plan;
  if (schedule.trim().split(/\s+/).length !== FIELDS)
    return err(`expected five fields: minute, hour, day, month, weekday; for example "30 2 * * sun"`);
  const cron = cronOf(schedule, timeZone);
  if (!cron.ok) return cron;
  const startAfter = (at: number): number | null => cron.value.nextRun(new Date(at))?.getTime() ?? null;
  const spanOf = (startsAt: number): Span => ({ startsAt, endsAt: startsAt + durationMs });
  return ok({
    current(at) {
      let found: number | null = null;
      // The runs are whole seconds, so that one that ends now is left out.
      let start = startAfter(at - durationMs);
      for (let seen = 0; start !== null && start <= at && seen < OVERLAPS_MAX; seen += 1) {
        found = start;
        start = startAfter(start);
      }
      return found === null ? null : spanOf(found);
    },
    next(at) {
      const start = startAfter(at);
      return start === null ? null : spanOf(start);
    },
  });
}

function cronOf(schedule: string, timeZone: string): Result<Cron, string> {
  try {
    // 29 February is a date; one that no year has is not.
    const cron = new Cron(schedule, { timezone: timeZone, paused: true });
    if (cron.nextRun(new Date(0)) === null) return err(`${JSON.stringify(schedule)} never comes`);
    return ok(cron);
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return err(`${JSON.stringify(schedule)} is no schedule: ${thrown.message.replace(/^CronPattern: /, '')}`);
  }
}

function once({ from, to, timeZone }: Extract<Plan, { from: string }>): Result<Recurrence, string> {
  const startsAt = instantOf(from, timeZone);
  const endsAt = instantOf(to, timeZone);
  if (startsAt === null || endsAt === null)
    return err(`${JSON.stringify(startsAt === null ? from : to)} is no date and time`);
  const span = { startsAt, endsAt };
  return ok({
    current: (at) => (startsAt <= at && at < endsAt ? span : null),
    next: (at) => (at < startsAt ? span : null),
  });
}

function instantOf(local: string, timeZone: string): number | null {
  try {
    const wall = Temporal.PlainDateTime.from(local.replace(' ', 'T'), { overflow: 'reject' });
    const zoned = wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' });
    const skipped = zoned.toPlainDateTime().equals(wall) ? null : zoned.getTimeZoneTransition('previous');
    return (skipped ?? zoned).epochMilliseconds;
  } catch (thrown) {
    if (thrown instanceof RangeError) return null;
    throw thrown;
  }
}
