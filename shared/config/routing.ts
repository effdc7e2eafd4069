import { z } from 'zod';
import type { Priority } from '../model/priority.ts';
import { parseDuration } from '../unit/time.ts';
import { ChannelConfig } from './channel.ts';
import { EscalationConfig } from './escalation.ts';
import { ScheduleConfig } from './on-call.ts';

/** Durations are written as Prometheus writes them and read as milliseconds. */
const DurationMs = z.string().transform((text, context) => {
  const durationMs = parseDuration(text);
  if (durationMs !== undefined) return durationMs;
  context.addIssue({ code: 'custom', message: `"${text}" is not a duration such as 30s, 5m or 4h` });
  return z.NEVER;
});

const duration = (text: string) => DurationMs.prefault(text);

export const RouteTarget = z.strictObject({
  receivers: z.array(z.string().min(1)),
  sound: z.boolean().default(true),
});
export type RouteTarget = z.infer<typeof RouteTarget>;

/** Where one priority goes; `out_of_hours` only where it differs. */
export const RouteConfig = RouteTarget.extend({ out_of_hours: RouteTarget.optional() });
export type RouteConfig = z.infer<typeof RouteConfig>;

const TimeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, {
  message: 'is not a time of day such as 09:00',
});
const Weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);
export type Weekday = z.infer<typeof Weekday>;

/** When people are at work. `to` is not included; opening hours that end before they begin are refused. */
export const BusinessHoursConfig = z
  .strictObject({
    time_zone: z.string().min(1).default('UTC'),
    days: z.array(Weekday).min(1).default(['mon', 'tue', 'wed', 'thu', 'fri']),
    from: TimeOfDay.default('09:00'),
    to: TimeOfDay.default('17:00'),
    holidays: z.array(z.iso.date()).default([]),
  })
  .refine((hours) => hours.from < hours.to, { message: 'must open before it closes', path: ['to'] })
  .refine((hours) => isTimeZone(hours.time_zone), {
    message: 'is not a time zone such as Europe/Berlin',
    path: ['time_zone'],
  });
export type BusinessHoursConfig = z.infer<typeof BusinessHoursConfig>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}

/** Default routing; domain terms, section 3. A P3 opens no incident and wakes nobody. */
const DEFAULT_ROUTES: Readonly<Record<Priority, z.input<typeof RouteConfig>>> = {
  P0: { receivers: ['on_call_engineer', 'backup_engineer', 'incident_commander'] },
  P1: {
    receivers: ['primary_team', 'team_lead'],
    out_of_hours: { receivers: ['on_call_engineer'], sound: false },
  },
  P2: { receivers: ['slack_channel', 'email_group'], sound: false },
  P3: { receivers: ['ticket_system'], sound: false },
};

/** Routing of the workspace: who is told, by which way, how often. Every key has the default of the domain terms. */
export const RoutingConfig = z.strictObject({
  receivers: z.record(z.string(), z.array(ChannelConfig)).default({}),
  /** For receivers that have no channels of their own: this machine's screen. */
  default_channels: z.array(ChannelConfig).prefault([{ kind: 'desktop' }, { kind: 'browser' }]),
  routes: z
    .strictObject({
      P0: RouteConfig.prefault(DEFAULT_ROUTES.P0),
      P1: RouteConfig.prefault(DEFAULT_ROUTES.P1),
      P2: RouteConfig.prefault(DEFAULT_ROUTES.P2),
      P3: RouteConfig.prefault(DEFAULT_ROUTES.P3),
    })
    .prefault({}),
  /** Whom to tell when nobody acknowledges, by priority. */
  escalation: EscalationConfig,
  /** Receivers that are whoever is on call; each person is a receiver, too. */
  schedules: z.record(z.string().min(1).max(100), ScheduleConfig).default({}),
  business_hours: BusinessHoursConfig.prefault({}),
  /** `service`, or names of labels. */
  group_by: z.array(z.string().min(1)).min(1).default(['service']),
  group_wait: duration('30s'),
  group_interval: duration('5m'),
  repeat_interval: duration('4h'),
  /** A cause is looked for this far before its effect. */
  causal_window: duration('15m'),
  /** New groups in 10 s for one receiver; what is over it is one storm. */
  storm_limit: z.number().int().min(1).default(10),
  /** An alert that fires more often than this within that time is said again only when it fires steadily. */
  flapping: z
    .strictObject({
      firings: z.number().int().min(2).max(20).default(4),
      within: duration('30m'),
      steady: duration('5m'),
    })
    .prefault({}),
  rate_limit: z
    .strictObject({ notifications: z.number().int().min(1).default(10), per: duration('10m') })
    .prefault({}),
});
export type RoutingConfig = z.infer<typeof RoutingConfig>;

/** Routing where the workspace says nothing. */
export function defaultRouting(): RoutingConfig {
  return RoutingConfig.parse({});
}
