import { z } from 'zod';

/** One time that an alert really fired, from the verdicts that were kept: not what a replay would say. */
export const FiredEpisode = z.object({
  alertId: z.string(),
  title: z.string(),
  firedAt: z.number(),
  /** Null while it fires. */
  resolvedAt: z.number().nullable(),
  /** Why it fired, in the numbers of then. */
  reason: z.string(),
  definedAt: z.string().nullable(),
  /** Whether somebody was told: `held` where something kept it quiet, `failed` where no way worked. */
  told: z.enum(['sent', 'held', 'failed', 'unknown']),
  toldReason: z.string(),
});
export type FiredEpisode = z.infer<typeof FiredEpisode>;
