import { z } from 'zod';

const Span = z.object({ startsAt: z.number(), endsAt: z.number() });

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
  current: Span.nullable(),
  /** The next that has not begun; null where there is none. */
  next: Span.nullable(),
  /** The next few that have not begun, soonest first. */
  upcoming: z.array(Span),
  definedAt: z.string(),
});
export type MaintenanceState = z.infer<typeof MaintenanceState>;
