import { z } from 'zod';

/** The errors every request may answer, coded. `data` says what programs need; the message is for people. */
export const contractErrors = {
  /** The thing does not exist, or not any more. */
  NOT_FOUND: { data: z.object({ what: z.string() }) },
  /** Somebody else changed it since it was read: read again, decide again. */
  STALE: { data: z.object({ revision: z.number().nullable() }) },
  /** The state does not allow this; the message says which state it is in. */
  REFUSED: { data: z.object({ code: z.string() }) },
  /** Production asks for the target's name to be typed. */
  CONFIRMATION_NEEDED: { data: z.object({ type: z.string(), stepId: z.string() }) },
  /** A query that cannot be parsed or evaluated, with its position. */
  QUERY: { data: z.object({ code: z.string(), from: z.number().nullable(), to: z.number().nullable() }) },
  /** It could not be done now (a worker restarts, the disk is full); the same call may succeed later. */
  UNAVAILABLE: { data: z.object({ code: z.string() }) },
} as const;
