import { z } from 'zod';
import { Matcher } from './matcher.ts';

/**
 * A person's wish that alerts with these labels tell nobody for a while. It has an author, a reason and an end; what it
 * holds stays visible. Times are stored, whether it is in force is derived.
 */
export const Silence = z.object({
  id: z.string(),
  /** All must match. */
  matchers: z.array(Matcher).min(1),
  comment: z.string(),
  author: z.string(),
  createdAt: z.number(),
  startsAt: z.number(),
  endsAt: z.number(),
  /** When a person ended it before its time; null where nobody did. */
  expiredAt: z.number().nullable(),
  expiredBy: z.string().nullable(),
  renewals: z.array(z.object({ at: z.number(), by: z.string(), endsAt: z.number() })),
  /** The source that it came from; null where it was made here. */
  origin: z.string().nullable(),
  /** The Alertmanagers that were told of it; null: it stands there, otherwise why it does not. */
  sharing: z.array(z.object({ source: z.string(), problem: z.string().nullable() })).default([]),
  revision: z.number().int(),
});
export type Silence = z.infer<typeof Silence>;

export type SilenceState = 'pending' | 'active' | 'expired';

export function silenceState(silence: Silence, now: number): SilenceState {
  if (silence.expiredAt !== null || now >= silence.endsAt) return 'expired';
  return now < silence.startsAt ? 'pending' : 'active';
}

/** Longer than this is a rule that should be changed, not a silence. */
export const SILENCE_MAX_DAYS = 90;
