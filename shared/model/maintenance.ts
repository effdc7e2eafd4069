import { z } from 'zod';

/** An occurrence; it includes its start and excludes its end. */
export const MaintenanceSpan = z.object({ startsAt: z.number(), endsAt: z.number() });

/** Planned work, as the window shows it: what it covers, whether it runs now, and when it comes next. */
export const MaintenanceState = z.object({
  id: z.string(),
  title: z.string(),
  services: z.array(z.string()),
  /** As written, `zone="eu"`. */
  matchers: z.array(z.string()),
  includeDependents: z.boolean(),
  timeZone: z.string(),
  /** How it recurs, as written; null where it happens once. */
  schedule: z.string().nullable(),
  /** How long each occurrence is; null where it happens once. */
  durationMs: z.number().nullable(),
  /** Local times of one that happens once, as written; null where it recurs. */
  from: z.string().nullable(),
  to: z.string().nullable(),
  current: MaintenanceSpan.nullable(),
  /** The next that has not begun; null where there is none. */
  next: MaintenanceSpan.nullable(),
  /** The next few that have not begun, soonest first. */
  upcoming: z.array(MaintenanceSpan),
  definedAt: z.string(),
});
export type MaintenanceState = z.infer<typeof MaintenanceState>;

/** A window that is still being written: what is wrong with each of its keys, and when it would come. */
export const MaintenancePlan = z.object({
  problems: z.array(z.object({ key: z.string(), message: z.string() })),
  current: MaintenanceSpan.nullable(),
  /** The next few, soonest first. */
  upcoming: z.array(MaintenanceSpan),
  /** The first after the clocks of its zone change; null where they do not within the next occurrences of a year. */
  afterClockChange: MaintenanceSpan.nullable(),
});
export type MaintenancePlan = z.infer<typeof MaintenancePlan>;
