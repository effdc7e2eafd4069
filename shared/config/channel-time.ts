import { z } from 'zod';
import { parseDuration } from '../unit/time.ts';

/** A duration as Prometheus writes it, within bounds, read as milliseconds. */
export function durationBetween(least: string, most: string, usual: string) {
  const [leastMs, mostMs] = [parseDuration(least) ?? 0, parseDuration(most) ?? 0];
  return z
    .string()
    .transform((text, context) => {
      const durationMs = parseDuration(text);
      if (durationMs !== undefined && durationMs >= leastMs && durationMs <= mostMs) return durationMs;
      const message =
        durationMs === undefined
          ? `"${text}" is not a duration such as 30s, 5m or 4h`
          : `expected between ${least} and ${most}, got ${text}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    })
    .prefault(usual);
}
