import { stringify } from 'yaml';
import { z } from 'zod';
import { channelIn, type GlobalKeys } from './alertmanager-channel.ts';
import { type Imported, readForeign } from './imported.ts';

const Config = z.looseObject({
  global: z.record(z.string(), z.unknown()).default({}),
  route: z.looseObject({
    receiver: z.string().optional(),
    group_by: z.array(z.string()).optional(),
    group_wait: z.string().optional(),
    group_interval: z.string().optional(),
    repeat_interval: z.string().optional(),
    routes: z.array(z.looseObject({ receiver: z.string().optional() })).default([]),
  }),
  receivers: z.array(z.looseObject({ name: z.string() })).default([]),
});

const MATCH = /^\s*(priority|severity)\s*(=~?)\s*"?([^"]*)"?\s*$/;
const PRIORITY: Readonly<Record<string, string>> = {
  P0: 'P0',
  P1: 'P1',
  P2: 'P2',
  P3: 'P3',
  page: 'P0',
  critical: 'P0',
  error: 'P1',
  high: 'P1',
  warning: 'P2',
  ticket: 'P2',
  info: 'P3',
  none: 'P3',
};
const DAYS: Readonly<Record<string, string>> = {
  monday: 'mon',
  tuesday: 'tue',
  wednesday: 'wed',
  thursday: 'thu',
  friday: 'fri',
  saturday: 'sat',
  sunday: 'sun',
};

/**
 * Alertmanager's configuration as the routing keys of a midwatch.yaml: routes that match a priority or severity,
 * receivers with what channels have a word for, waits. Trees of routes by other labels and other integrations are named by
 * line.
 */
export function importAlertmanager(text: string, file: string): Imported {
  const { documents, left } = readForeign(text, file);
  const [document] = documents;
  if (!document) return { files: [], left };
  const { value, at } = document;
  const read = Config.safeParse(value);
  if (!read.success)
    return { files: [], left: [...left, `${at([])}: not a configuration of Alertmanager: it has no route.`] };
  const { route } = read.data;
  const routes = readRoutes(read.data.route.routes, at, left);
  const hours = readHours(value, at, left);
  const keys = {
    ...pick(route, ['group_by', 'group_wait', 'group_interval', 'repeat_interval']),
    receivers: readReceivers(read.data.receivers, read.data.global, at, left),
    ...(Object.keys(routes).length > 0 ? { routes } : {}),
    ...(hours ? { business_hours: hours } : {}),
  };
  const inhibit = z.looseObject({ inhibit_rules: z.array(z.unknown()) }).safeParse(value);
  if (inhibit.success && inhibit.data.inhibit_rules.length > 0)
    left.push(
      `${at(['inhibit_rules'])}: inhibition follows depends_on in services.yaml here; write the dependencies there.`,
    );
  return {
    files: [{ name: 'routing.yaml', text: stringify(keys, { lineWidth: 0, aliasDuplicateObjects: false }) }],
    left,
  };
}

type At = (path: readonly (string | number)[]) => string;

interface Target {
  receivers: string[];
  out_of_hours?: { receivers: string[]; sound: boolean };
}

function readRoutes(
  routes: readonly Record<string, unknown>[],
  at: At,
  left: string[],
): Record<string, Target> {
  const found: Record<string, Target> = {};
  for (const [index, route] of routes.entries()) {
    const place = at(['route', 'routes', index]);
    const matchers = z.array(z.string()).safeParse(route.matchers);
    const priorities = prioritiesOf(matchers.success ? matchers.data : legacyMatchers(route.match));
    if (!priorities || typeof route.receiver !== 'string') {
      left.push(`${place}: only routes by one matcher of priority or severity are carried over.`);
      continue;
    }
    if (Array.isArray(route.routes) && route.routes.length > 0)
      left.push(`${place}: its own routes below it are not carried over.`);
    for (const priority of priorities) putRoute(found, priority, route.receiver, intervalOf(route));
  }
  return found;
}

function intervalOf(route: Record<string, unknown>): 'always' | 'in' | 'out' | 'skip' {
  const names = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  if (names(route.active_time_intervals).includes('holidays-in-business-hours')) return 'skip';
  if (names(route.active_time_intervals).length > 0) return 'in';
  return names(route.mute_time_intervals).length > 0 ? 'out' : 'always';
}

function putRoute(
  found: Record<string, Target>,
  priority: string,
  receiver: string,
  when: ReturnType<typeof intervalOf>,
): void {
  if (when === 'skip') return;
  const target = found[priority] ?? { receivers: [] };
  found[priority] = target;
  if (when !== 'out') target.receivers.push(receiver);
  else
    target.out_of_hours = { receivers: [...(target.out_of_hours?.receivers ?? []), receiver], sound: false };
}

function legacyMatchers(match: unknown): string[] {
  const read = z.record(z.string(), z.string()).safeParse(match);
  return read.success ? Object.entries(read.data).map(([name, value]) => `${name}="${value}"`) : [];
}

function prioritiesOf(matchers: readonly string[]): string[] | null {
  const [only] = matchers;
  const [, , op, text] = MATCH.exec(only ?? '') ?? [];
  if (matchers.length !== 1 || text === undefined) return null;
  const values = op === '=~' ? text.split('|') : [text];
  const known = values.map((one) => PRIORITY[one]);
  return known.every((one) => one !== undefined) ? [...new Set(known as string[])] : null;
}

function readReceivers(
  receivers: readonly Record<string, unknown>[],
  global: GlobalKeys,
  at: At,
  left: string[],
) {
  const entries = receivers.flatMap((one, index): [string, unknown[]][] => {
    const name = String(one.name);
    const channels: unknown[] = [];
    for (const [key, configs] of Object.entries(one)) {
      if (!key.endsWith('_configs')) continue;
      for (const [place, config] of (Array.isArray(configs) ? configs : []).entries()) {
        const where = `${at(['receivers', index, key, place])}: receiver ${name}:`;
        const read = channelIn(key, z.record(z.string(), z.unknown()).catch({}).parse(config), global);
        if ('left' in read) {
          left.push(`${where} ${read.left}`);
          continue;
        }
        channels.push(read.channel);
        if (read.unread.length > 0)
          left.push(`${where} of its ${key}, ${read.unread.join(', ')} is not carried over.`);
      }
    }
    return channels.length > 0 ? [[name, channels]] : [];
  });
  return Object.fromEntries(entries);
}

const Interval = z.object({
  name: z.string(),
  time_intervals: z.array(
    z.object({
      weekdays: z.array(z.string()).default([]),
      times: z.array(z.object({ start_time: z.string(), end_time: z.string() })).default([]),
      location: z.string().default('UTC'),
      years: z.array(z.string()).optional(),
      months: z.array(z.string()).optional(),
      days_of_month: z.array(z.string()).optional(),
    }),
  ),
});

/** Business hours from the interval of that name; others are named. */
function readHours(value: unknown, at: At, left: string[]) {
  const read = z.looseObject({ time_intervals: z.array(Interval) }).safeParse(value);
  if (!read.success) return null;
  const named = (name: string) =>
    read.data.time_intervals.find((one) => one.name === name)?.time_intervals ?? [];
  for (const [index, { name }] of read.data.time_intervals.entries())
    if (!['business-hours', 'holidays', 'holidays-in-business-hours'].includes(name))
      left.push(
        `${at(['time_intervals', index])}: the interval ${name} is not carried over; business-hours is the one that is known here.`,
      );
  const [open] = named('business-hours');
  const [times] = open?.times ?? [];
  if (!open || !times) return null;
  const days = open.weekdays.flatMap((day) => DAYS[day] ?? []);
  const two = (text: string | undefined) => (text ?? '').padStart(2, '0');
  const holidays = named('holidays').map(
    (one) => `${one.years?.[0]}-${two(one.months?.[0])}-${two(one.days_of_month?.[0])}`,
  );
  return {
    time_zone: open.location,
    ...(days.length > 0 ? { days } : {}),
    from: times.start_time,
    to: times.end_time,
    ...(holidays.length > 0 ? { holidays } : {}),
  };
}

function pick(from: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));
}
