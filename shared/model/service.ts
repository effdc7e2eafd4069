import { z } from 'zod';

export const Service = z.object({
  id: z.string(),
  title: z.string(),
  owner: z.string(),
  /** 1 is the most important. */
  tier: z.number().int().min(1).max(4),
  dependsOn: z.array(z.string()),
  links: z.record(z.string(), z.string()),
});
export type Service = z.infer<typeof Service>;

/** A change that was seen from labels that look like versions, or was reported. */
export const ChangeEvent = z.object({
  id: z.string(),
  at: z.number(),
  service: z.string(),
  what: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
});
export type ChangeEvent = z.infer<typeof ChangeEvent>;
