import { stringify } from 'yaml';
import { z } from 'zod';
import { Priority } from '../../shared/model/priority.ts';
import { channelIn, type GlobalKeys } from './alertmanager-channel.ts';
import { type ForeignDocument, firstIssue, type Imported, nameUnread, readForeign } from './imported.ts';

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
  inhibit_rules: z.array(z.unknown()).default([]),
});

const PRIORITIES = Priority.options;
/** The root's receiver in our own export: what has no priority is told to nobody. */
const NOBODY = 'midwatch-nobody';
/** What is read of each part; anything else is named. */
const KNOWN = {
  file: ['global', 'route', 'receivers', 'inhibit_rules', 'time_intervals'],
  global: [
    'slack_api_url_file',
    'pagerduty_url',
    'smtp_from',
    'smtp_smarthost',
    'smtp_auth_username',
    'smtp_auth_password_file',
    'smtp_require_tls',
  ],
  root: ['receiver', 'group_by', 'group_wait', 'group_interval', 'repeat_interval', 'routes'],
  route: [
    'receiver',
    'matchers',
    'match',
    'match_re',
    'continue',
    'routes',
    'active_time_intervals',
    'mute_time_intervals',
  ],
} as const;

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
  sunday: 'sun',
  monday: 'mon',
  tuesday: 'tue',
  wednesday: 'wed',
  thursday: 'thu',
  friday: 'fri',
  saturday: 'sat',
};

/**
 * Alertmanager's configuration as the routing keys of a midwatch.yaml: routes that match a priority or severity,
 * receivers with what channels have a word for, waits. Trees of routes by other labels and other integrations are named by
 * line.
 */
export function importAlertmanager(text: string, file: string): Imported {
  const { documents, left } = readForeign(text, file);
  const [document, ...others] = documents;
  if (!document) return { files: [], left };
  for (const other of others)
    left.push(`${other.at([])}: a configuration of Alertmanager is one document; this one was not read.`);
  const { value, at } = document;
  const read = Config.safeParse(value);
  if (!read.success) return { files: [], left: [...left, notRead(read.error, at)] };
  const { route, global } = read.data;
  nameUnread(read.data, KNOWN.file, { at, path: [], of: '' }, left);
  nameUnread(global, KNOWN.global, { at, path: ['global'], of: 'global: ' }, left);
  nameUnread(route, KNOWN.root, { at, path: ['route'], of: 'route: ' }, left);
  const routes = readRoutes(route.routes, at, left);
  if (route.receiver !== undefined && route.receiver !== NOBODY)
    // What no route takes goes to the root's receiver there, and so it does here.
    for (const priority of PRIORITIES) routes[priority] ??= { receivers: [route.receiver] };
  const hours = readHours(value, at, left);
  const keys = {
    ...pick(route, ['group_wait', 'group_interval', 'repeat_interval']),
    ...groupByOf(route.group_by, at, left),
    receivers: readReceivers(read.data.receivers, global, at, left),
    ...(Object.keys(routes).length > 0 ? { routes } : {}),
    ...(hours ? { business_hours: hours } : {}),
  };
  if (read.data.inhibit_rules.length > 0)
    left.push(
      `${at(['inhibit_rules'])}: inhibition follows depends_on in services.yaml here; write the dependencies there.`,
    );
  return {
    files: [{ name: 'routing.yaml', text: stringify(keys, { lineWidth: 0, aliasDuplicateObjects: false }) }],
    left,
  };
}

type At = ForeignDocument['at'];

function notRead(error: z.ZodError, at: At): string {
  const { path, message } = firstIssue(error);
  if (path.length <= 1) return `${at(path)}: not a configuration of Alertmanager: it has no route.`;
  return `${at(path)}: not taken over: ${path.join('.')}: ${message}`;
}

/** All labels together are one group each, for which there is no word here. */
function groupByOf(groupBy: readonly string[] | undefined, at: At, left: string[]) {
  if (groupBy === undefined) return {};
  if (!groupBy.includes('...')) return { group_by: groupBy };
  left.push(`${at(['route', 'group_by'])}: group_by ... is not carried over; name the labels to group by.`);
  return {};
}

interface Target {
  receivers: string[];
  out_of_hours?: { receivers: string[]; sound: boolean };
}

/**
 * Each route by its matcher, in order. A route without `continue` is the last for what it matches, whatever the hour, so
 * what comes after it for the same value is never reached.
 */
function readRoutes(
  routes: readonly Record<string, unknown>[],
  at: At,
  left: string[],
): Record<string, Target> {
  const found: Record<string, Target> = {};
  const taken = new Set<string>();
  for (const [index, route] of routes.entries()) {
    const path = ['route', 'routes', index];
    const place = at(path);
    const matched = matchedBy(route);
    if (!matched || typeof route.receiver !== 'string') {
      left.push(`${place}: only routes by one matcher of priority or severity are carried over.`);
      continue;
    }
    const hours = hoursOf(route);
    if (hours === null) {
      left.push(
        `${place}: the route to ${route.receiver} holds at times other than business-hours, so it is not carried over.`,
      );
      continue;
    }
    const open = matched.filter(({ value }) => !taken.has(value));
    if (open.length === 0)
      left.push(`${place}: never reached, as a route before it takes the same without continue; left out.`);
    if (Array.isArray(route.routes) && route.routes.length > 0)
      left.push(`${place}: its own routes below it are not carried over.`);
    const known =
      isOfP0Alone(matched) && route.group_wait === '0s' ? [...KNOWN.route, 'group_wait'] : KNOWN.route;
    nameUnread(route, known, { at, path, of: `route to ${route.receiver}: ` }, left);
    for (const priority of new Set(open.map((one) => one.priority)))
      putRoute(found, priority, route.receiver, hours);
    if (route.continue !== true) for (const { value } of matched) taken.add(value);
  }
  return found;
}

type Hours = 'always' | 'in' | 'out' | 'skip';

/** When a route holds, in the intervals that have a meaning here; null where it names others. */
function hoursOf(route: Record<string, unknown>): Hours | null {
  const names = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  const active = names(route.active_time_intervals).join();
  const muted = names(route.mute_time_intervals).join();
  if (active === '' && muted === '') return 'always';
  if (active === 'business-hours' && (muted === '' || muted === 'holidays')) return 'in';
  if (active === '' && muted === 'business-hours') return 'out';
  return active === 'holidays-in-business-hours' && muted === '' ? 'skip' : null;
}

function putRoute(found: Record<string, Target>, priority: string, receiver: string, when: Hours): void {
  if (when === 'skip') return;
  const target = found[priority] ?? { receivers: [] };
  found[priority] = target;
  const add = (to: readonly string[] = []) => [...new Set([...to, receiver])];
  if (when !== 'out') target.receivers = add(target.receivers);
  else target.out_of_hours = { receivers: add(target.out_of_hours?.receivers), sound: false };
}

interface Matched {
  /** `severity=critical`: several values may mean one priority. */
  readonly value: string;
  readonly priority: string;
}

/** What a route matches; null where that is more than one matcher, or another label. */
function matchedBy(route: Record<string, unknown>): Matched[] | null {
  const written = z.array(z.string()).safeParse(route.matchers);
  const matchers = [
    ...(written.success ? written.data : []),
    ...oldMatchers(route.match, '='),
    ...oldMatchers(route.match_re, '=~'),
  ];
  const [, name, op, text] = MATCH.exec(matchers[0] ?? '') ?? [];
  if (matchers.length !== 1 || text === undefined) return null;
  const values = op === '=~' ? text.split('|') : [text];
  const known = values.flatMap((value) => {
    const priority = Object.hasOwn(PRIORITY, value) ? PRIORITY[value] : undefined;
    return priority === undefined ? [] : [{ value: `${name}=${value}`, priority }];
  });
  return known.length === values.length ? known : null;
}

/** `match` and `match_re`, as they were written before `matchers`. */
function oldMatchers(match: unknown, op: '=' | '=~'): string[] {
  const read = z.record(z.string(), z.string()).safeParse(match);
  return read.success ? Object.entries(read.data).map(([name, value]) => `${name}${op}"${value}"`) : [];
}

function isOfP0Alone(matched: readonly Matched[]): boolean {
  return matched.every(({ priority }) => priority === 'P0');
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
  const all = z.looseObject({ time_intervals: z.array(z.unknown()) }).safeParse(value);
  if (!all.success) return null;
  const intervals = all.data.time_intervals.flatMap((one, index) => {
    const read = Interval.safeParse(one);
    if (read.success) return [{ ...read.data, place: at(['time_intervals', index]) }];
    left.push(`${at(['time_intervals', index])}: this interval cannot be read, so it is not carried over.`);
    return [];
  });
  for (const { name, place } of intervals)
    if (!['business-hours', 'holidays', 'holidays-in-business-hours'].includes(name))
      left.push(
        `${place}: the interval ${name} is not carried over; business-hours is the one that is known here.`,
      );
  const named = (name: string) => intervals.find((one) => one.name === name);
  const [open, ...more] = named('business-hours')?.time_intervals ?? [];
  const [times, ...later] = open?.times ?? [];
  if (!open || !times) return null;
  const days = open.weekdays.flatMap(daysOf);
  const isMore = [more, later, open.years ?? [], open.months ?? [], open.days_of_month ?? []].some(
    (one) => one.length > 0,
  );
  if (isMore || (open.weekdays.length > 0 && days.length === 0))
    left.push(
      `${named('business-hours')?.place}: business-hours is carried over as one time of its weekdays; what else it says is not.`,
    );
  const two = (text: string | undefined) => (text ?? '').padStart(2, '0');
  const holidays = (named('holidays')?.time_intervals ?? []).map(
    (one) => `${one.years?.[0]}-${two(one.months?.[0])}-${two(one.days_of_month?.[0])}`,
  );
  const dates = holidays.filter((one) => /^\d{4}-\d{2}-\d{2}$/.test(one));
  if (dates.length < holidays.length)
    left.push(`${named('holidays')?.place}: only holidays of one year, month and day each are carried over.`);
  return {
    time_zone: open.location,
    ...(days.length > 0 ? { days } : {}),
    from: times.start_time,
    to: times.end_time,
    ...(dates.length > 0 ? { holidays: dates } : {}),
  };
}

/** `monday`, or `monday:friday`; Alertmanager's week begins on Sunday. Source: its configuration, `weekday_range`. */
function daysOf(range: string): string[] {
  const [first = '', last = first] = range
    .toLowerCase()
    .split(':')
    .map((one) => one.trim());
  const names = Object.keys(DAYS);
  const [from, to] = [names.indexOf(first), names.indexOf(last)];
  return from === -1 || to === -1 ? [] : names.slice(from, to + 1).flatMap((day) => DAYS[day] ?? []);
}

function pick(from: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]])));
}
