import { z } from 'zod';

/**
 * Time that is taken out of an objective's budget, as for planned maintenance. The uncorrected number stays beside the
 * corrected one, with who did it and why; a correction that was a mistake is revoked, never deleted.
 */
export const Correction = z.object({
  id: z.string(),
  objectiveId: z.string(),
  fromAt: z.number(),
  toAt: z.number(),
  reason: z.string(),
  by: z.string(),
  createdAt: z.number(),
  revoked: z.object({ by: z.string(), at: z.number(), reason: z.string() }).nullable(),
});
export type Correction = z.infer<typeof Correction>;
