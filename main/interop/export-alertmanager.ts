import { stringify } from 'yaml';
import type { MaintenanceDefinition } from '../../shared/config/maintenance.ts';
import type { RoutingConfig } from '../../shared/config/routing.ts';
import { Priority } from '../../shared/model/priority.ts';
import type { Service } from '../../shared/model/service.ts';
import { promDuration } from '../../shared/unit/time.ts';
import { channelOut } from './alertmanager-channel.ts';

export interface AlertmanagerExport {
  readonly text: string;
  /** What Alertmanager has no word for. */
  readonly left: readonly string[];
}

const PRIORITIES = Priority.options;
/** The root's: what has no priority is told to nobody. */
const NOBODY = 'midwatch-nobody';
const HOURS = 'business-hours';
const HOLIDAYS = 'holidays';
const HOLIDAY_HOURS = 'holidays-in-business-hours';
const DAYS = {
  mon: 'monday',
  tue: 'tuesday',
  wed: 'wednesday',
  thu: 'thursday',
  fri: 'friday',
  sat: 'saturday',
  sun: 'sunday',
};

/** What is exported: parts of a workspace, with where they stand. */
export interface AlertmanagerWish {
  readonly routing: RoutingConfig;
  readonly routingDefinedAt: string;
  /** Where a channel of a receiver stands: `midwatch.yaml:31`. */
  readonly channelDefinedAt: (receiver: string, index: number) => string;
  readonly services: readonly Service[];
  readonly maintenance: readonly MaintenanceDefinition[];
}

/** Routes by priority and business hours, receivers, and inhibition along the services' dependencies, for Alertmanager. */
export function exportAlertmanager(wish: AlertmanagerWish): AlertmanagerExport {
  const { routing, routingDefinedAt, services, maintenance } = wish;
  const left: string[] = [];
  const say = (text: string, definedAt = routingDefinedAt) => left.push(`${definedAt}: ${text}`);
  const routes = PRIORITIES.flatMap((priority) => routesOf(routing, priority));
  const names = [...new Set([NOBODY, ...routes.map((one) => one.receiver)])];
  const wait = (ms: number) => (ms === 0 ? '0s' : promDuration(ms));
  const config = {
    route: {
      receiver: NOBODY,
      group_by: [...routing.group_by],
      group_wait: wait(routing.group_wait),
      group_interval: wait(routing.group_interval),
      repeat_interval: wait(routing.repeat_interval),
      routes,
    },
    inhibit_rules: services.flatMap(inhibitions),
    receivers: names.map((name) => receiverOf(name, wish, say)),
    time_intervals: intervalsOf(routing.business_hours),
  };
  say('rate_limit and its summary are not carried over: Alertmanager has no limit by service.');
  say('storm_limit and flapping are not carried over: Alertmanager has no word for them.');
  if (PRIORITIES.some((one) => routing.escalation[one].length > 0))
    say('escalation is not carried over: Alertmanager knows no acknowledgement to wait for.');
  for (const name of names.filter((one) => one in routing.schedules))
    say(`receiver ${name} is a schedule there is no word for: who is on call is not carried over.`);
  for (const { config: window, definedAt } of maintenance)
    say(
      `the maintenance window ${window.id} is not carried over; make a silence there, or a mute time interval.`,
      definedAt,
    );
  if (config.inhibit_rules.length > 0)
    say('inhibition there knows no causal_window: a cause of any age inhibits its effects.');
  if (PRIORITIES.some((one) => !routing.routes[one].sound))
    say('sound is this machine’s; it is not carried over.');
  return { text: stringify(config, { lineWidth: 0, aliasDuplicateObjects: false }), left };
}

interface Route {
  readonly receiver: string;
  readonly matchers: readonly string[];
  readonly continue: true;
  readonly group_wait?: string;
  readonly active_time_intervals?: readonly string[];
  readonly mute_time_intervals?: readonly string[];
}

function routesOf(routing: RoutingConfig, priority: (typeof PRIORITIES)[number]): Route[] {
  const route = routing.routes[priority];
  const base = {
    matchers: [`priority="${priority}"`],
    continue: true as const,
    ...(priority === 'P0' ? { group_wait: '0s' } : {}),
  };
  const { out_of_hours: out } = route;
  if (!out) return route.receivers.map((receiver) => ({ receiver, ...base }));
  const hasHolidays = routing.business_hours.holidays.length > 0;
  const at = (receivers: readonly string[], when: Partial<Route>): Route[] =>
    receivers.map((receiver) => ({ receiver, ...base, ...when }));
  return [
    ...at(route.receivers, {
      active_time_intervals: [HOURS],
      ...(hasHolidays ? { mute_time_intervals: [HOLIDAYS] } : {}),
    }),
    ...at(out.receivers, { mute_time_intervals: [HOURS] }),
    ...(hasHolidays ? at(out.receivers, { active_time_intervals: [HOLIDAY_HOURS] }) : []),
  ];
}

/** An effect is inhibited by its cause of the same or a higher priority, as causal suppression has it. */
function inhibitions(service: Service) {
  return service.dependsOn.flatMap((cause) =>
    PRIORITIES.map((priority, rank) => ({
      source_matchers: [
        `service=${JSON.stringify(cause)}`,
        `priority=~"${PRIORITIES.slice(0, rank + 1).join('|')}"`,
      ],
      target_matchers: [`service=${JSON.stringify(service.id)}`, `priority="${priority}"`],
    })),
  );
}

function receiverOf(
  name: string,
  { routing, channelDefinedAt }: AlertmanagerWish,
  say: (text: string, definedAt?: string) => void,
): Record<string, unknown> {
  const own = routing.receivers[name];
  const receiver: Record<string, unknown> = { name };
  if (name === NOBODY) return receiver;
  const found = new Map<string, Record<string, unknown>[]>();
  for (const [index, channel] of (own ?? routing.default_channels).entries()) {
    const out = channelOut(channel);
    const definedAt = own ? channelDefinedAt(name, index) : undefined;
    if ('left' in out) {
      say(`receiver ${name}: ${out.left}`, definedAt);
      continue;
    }
    for (const one of out.needs) say(`receiver ${name}: ${channel.kind}: ${one}.`, definedAt);
    found.set(out.key, [...(found.get(out.key) ?? []), out.config]);
  }
  return Object.assign(receiver, Object.fromEntries(found));
}

function intervalsOf(hours: RoutingConfig['business_hours']) {
  const open = {
    times: [{ start_time: hours.from, end_time: hours.to }],
    location: hours.time_zone,
  };
  const holidays = hours.holidays.map((date) => {
    const [year, month, day] = date.split('-').map(Number);
    return { years: [String(year)], months: [String(month)], days_of_month: [String(day)] };
  });
  return [
    { name: HOURS, time_intervals: [{ ...open, weekdays: hours.days.map((day) => DAYS[day]) }] },
    ...(holidays.length === 0
      ? []
      : [
          { name: HOLIDAYS, time_intervals: holidays.map((one) => ({ ...one, location: hours.time_zone })) },
          { name: HOLIDAY_HOURS, time_intervals: holidays.map((one) => ({ ...one, ...open })) },
        ]),
  ];
}
