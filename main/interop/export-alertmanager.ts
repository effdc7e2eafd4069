import { stringify } from 'yaml';
import type { ChannelConfig } from '../../shared/config/channel.ts';
import type { RoutingConfig } from '../../shared/config/routing.ts';
import { Priority } from '../../shared/model/priority.ts';
import type { Service } from '../../shared/model/service.ts';
import { promDuration } from '../../shared/unit/time.ts';

export interface AlertmanagerExport {
  readonly text: string;
  /** What Alertmanager has no word for. */
  readonly left: readonly string[];
}

const PRIORITIES = Priority.options;
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

/** Routes by priority and business hours, receivers, and inhibition along the services' dependencies, for Alertmanager. */
export function exportAlertmanager(
  routing: RoutingConfig,
  routingDefinedAt: string,
  services: readonly Service[],
): AlertmanagerExport {
  const left: string[] = [];
  const say = (text: string) => left.push(`${routingDefinedAt}: ${text}`);
  const routes = PRIORITIES.flatMap((priority) => routesOf(routing, priority));
  const names = [...new Set(['midwatch-nobody', ...routes.map((one) => one.receiver)])];
  const wait = (ms: number) => (ms === 0 ? '0s' : promDuration(ms));
  const config = {
    route: {
      receiver: 'midwatch-nobody',
      group_by: [...routing.group_by],
      group_wait: wait(routing.group_wait),
      group_interval: wait(routing.group_interval),
      repeat_interval: wait(routing.repeat_interval),
      routes,
    },
    inhibit_rules: services.flatMap(inhibitions),
    receivers: names.map((name) => receiverOf(name, routing.receivers[name] ?? [], say)),
    time_intervals: intervalsOf(routing.business_hours),
  };
  say('rate_limit and its summary are not carried over: Alertmanager has no limit by service.');
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

function receiverOf(name: string, channels: readonly ChannelConfig[], say: (text: string) => void) {
  const hooks = channels.flatMap((channel) => {
    if (channel.kind !== 'webhook') {
      say(`receiver ${name}: ${channel.kind} is not carried over.`);
      return [];
    }
    if (/^https?:/.test(channel.url)) return [{ url: channel.url, send_resolved: true }];
    say(
      `receiver ${name}: the address is a secret (${channel.url}); put it into Alertmanager’s own configuration.`,
    );
    return [];
  });
  return hooks.length > 0 ? { name, webhook_configs: hooks } : { name };
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
