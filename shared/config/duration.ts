import { z } from 'zod';
import { parseDuration } from '../unit/time.ts';

/** A duration as Prometheus writes it, read as milliseconds; never zero. */
export const DurationMs = z
  .string({ error: 'expected a duration; write for example 30s, 5m or 1h30m' })
  .transform((text, context) => {
    const durationMs = parseDuration(text);
    if (durationMs !== undefined && durationMs > 0) return durationMs;
    context.addIssue({
      code: 'custom',
      message: `expected a duration; write for example 30s, 5m or 1h30m instead of ${JSON.stringify(text)}`,
    });
    return z.NEVER;
  });

export function duration(text: string) {
  return DurationMs.prefault(text);
}

/** The same, kept as it is written. */
export const PromDuration = z
  .string({ error: 'expected a duration; write for example 30s, 5m or 1h30m' })
  .refine((text) => (parseDuration(text) ?? 0) > 0, {
    message: 'expected a duration; write for example 30s, 5m or 1h30m',
  });

/** What names a thing in files, queries and addresses: letters, digits, `-`, `_` and `.`. */
export const Identifier = z
  .string({ error: 'expected a name; write letters, digits, "-", "_" and ".", for example ranking-model' })
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, {
    message: 'expected a name; write letters, digits, "-", "_" and ".", for example ranking-model',
  });

export const Title = z.string().min(1, { message: 'expected some text' }).max(300, {
  message: 'expected at most 300 characters',
});

export const Query = z
  .string({ error: 'expected a PromQL expression as text; write it in quotes or after "|-"' })
  .trim()
  .min(1, { message: 'expected a PromQL expression' })
  .max(10_000, { message: 'expected a PromQL expression of at most 10,000 characters' });
