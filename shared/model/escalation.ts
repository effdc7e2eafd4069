import { z } from 'zod';

/** Whom the next step of an alert's chain would tell, were it asked for now. */
export const EscalationOutlook = z.object({
  step: z.number().int(),
  of: z.number().int(),
  /** People and receivers; schedules are whoever is on call. */
  receivers: z.array(z.string()),
  /** `on_call_engineer is anna (rotation primary)`, for each schedule of the step. */
  said: z.array(z.string()),
  sound: z.boolean(),
  /** Who was told of it before. */
  told: z.array(z.string()),
});
export type EscalationOutlook = z.infer<typeof EscalationOutlook>;
