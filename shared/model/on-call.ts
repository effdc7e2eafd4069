import { z } from 'zod';

/** Who is on call by one schedule, until when, and who comes next. */
export const OnCallNow = z.object({
  schedule: z.string(),
  timeZone: z.string(),
  /** Null where nobody is. */
  person: z.string().nullable(),
  /** `override`, `shift` or the rotation. */
  by: z.string().nullable(),
  /** Hand-overs within the next days, the first one first; a person of null is a time with nobody. */
  next: z.array(z.object({ fromAt: z.number(), person: z.string().nullable(), by: z.string().nullable() })),
});
export type OnCallNow = z.infer<typeof OnCallNow>;
