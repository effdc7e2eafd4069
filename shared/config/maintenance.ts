import { z } from 'zod';
import { parseMatchers } from '../model/matcher.ts';
import { DurationMs, Identifier, Title } from './duration.ts';

const LocalTime = z.string().regex(/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d$/, {
  message: 'expected a local time such as 2026-11-28T22:00',
});

const MatcherText = z
  .string({ error: 'expected a matcher, for example zone="eu"' })
  .superRefine((text, context) => {
    const parsed = parseMatchers(text);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.error });
  });

/**
 * A maintenance window: what is planned, when, and for what. It recurs by `schedule` (five fields as in cron, on the
 * wall clock of the time zone) and `duration`, or happens once, `from` … `to`.
 */
export const MaintenanceConfig = z
  .strictObject({
    id: Identifier,
    title: Title.optional(),
    services: z.array(Identifier).default([]),
    /** All must match, beside the services. */
    matchers: z.array(MatcherText).default([]),
    /** Alerts of services that depend on these are held too, while an alert of these fires. */
    include_dependents: z.boolean().default(false),
    time_zone: z
      .string()
      .default('UTC')
      .refine((name) => isTimeZone(name), { message: 'is not a time zone such as Europe/Berlin' }),
    schedule: z.string().max(200).optional(),
    duration: DurationMs.optional(),
    from: LocalTime.optional(),
    to: LocalTime.optional(),
  })
  .refine((one) => one.services.length > 0 || one.matchers.length > 0, {
    message: 'expected services or matchers; a window over everything would hide everything',
    path: ['services'],
  })
  .refine((one) => (one.schedule === undefined) === (one.duration === undefined), {
    message: 'expected schedule and duration together',
    path: ['schedule'],
  })
  .refine((one) => (one.from === undefined) === (one.to === undefined), {
    message: 'expected from and to together',
    path: ['from'],
  })
  .refine((one) => (one.schedule === undefined) !== (one.from === undefined), {
    message: 'expected either schedule and duration, or from and to',
    path: ['schedule'],
  })
  .refine((one) => one.from === undefined || one.to === undefined || one.from < one.to, {
    message: 'must end after it begins',
    path: ['to'],
  });
export type MaintenanceConfig = z.infer<typeof MaintenanceConfig>;

/** A window with where it is written. */
export interface MaintenanceDefinition {
  readonly config: MaintenanceConfig;
  readonly definedAt: string;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}
