import ICAL from 'ical.js';
import { stringify } from 'yaml';
import type { ShiftConfig } from '../../shared/config/on-call.ts';
import { messageOf } from '../../shared/error/coded.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import type { Imported } from './imported.ts';

/** The time that is carried over: a calendar may repeat without end, a file of shifts does not. */
export interface ImportSpan {
  readonly fromAt: number;
  readonly toAt: number;
}

/** More shifts than a schedule may have. */
const SHIFTS_MAX = 5_000;
/** A rule that repeats each second must not run for ever. */
const OCCURRENCES_MAX = 20_000;
const SCHEDULE = 'on_call_engineer';

/** An on-call calendar as shifts of a schedule, in UTC, so that the calendar's own rules of its clock are kept exactly. */
export function importIcal(text: string, file: string, span: ImportSpan): Imported {
  let root: ICAL.Component;
  try {
    root = new ICAL.Component(ICAL.parse(text) as unknown[]);
  } catch (thrown) {
    return {
      files: [],
      left: [`${file}:1: not an iCalendar file, so it was not read: ${messageOf(thrown)}`],
    };
  }
  const left: string[] = [];
  const lines = new Map(lineOfEach(text));
  const zones = root.getAllSubcomponents('vtimezone').map((one) => new ICAL.Timezone(one));
  const known = new Map(zones.map((zone) => [zone.tzid, zone]));
  const shifts: ShiftConfig[] = [];
  for (const event of eventsOf(root)) {
    const where = `${file}:${lines.get(event.uid) ?? 1}`;
    const found = shiftsOf(event, span, known);
    for (const problem of found.left) left.push(`${where}: ${event.summary || 'an event'} ${problem}`);
    shifts.push(...found.shifts);
  }
  const sorted = shifts.sort((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)));
  if (sorted.length > SHIFTS_MAX)
    left.push(`${file}:1: only the first ${SHIFTS_MAX} of ${sorted.length} shifts were carried over.`);
  if (sorted.length === 0) return { files: [], left: [...left, `${file}:1: it has no shift in that time.`] };
  const schedules = { [SCHEDULE]: { time_zone: 'UTC', shifts: sorted.slice(0, SHIFTS_MAX) } };
  return { files: [{ name: 'midwatch.yaml', text: stringify({ schedules }, { lineWidth: 0 }) }], left };
}

/** Events with the exceptions of their repetitions. */
function eventsOf(root: ICAL.Component): ICAL.Event[] {
  const all = root.getAllSubcomponents('vevent').map((one) => new ICAL.Event(one));
  const events = all.filter((one) => !one.isRecurrenceException());
  for (const exception of all.filter((one) => one.isRecurrenceException()))
    events.find((one) => one.uid === exception.uid)?.relateException(exception);
  return events;
}

interface Found {
  readonly shifts: ShiftConfig[];
  readonly left: string[];
}

function shiftsOf(event: ICAL.Event, span: ImportSpan, zones: ReadonlyMap<string, ICAL.Timezone>): Found {
  const left: string[] = [];
  const shifts: ShiftConfig[] = [];
  if (!event.startDate) return { shifts, left: ['has no start, so it was left out.'] };
  if (event.startDate.isDate) left.push('lasts whole days: they are taken from midnight to midnight UTC.');
  const unknown = zoneProblem(event.startDate, zones);
  if (unknown) left.push(unknown);
  const put = (details: { item: ICAL.Event; startDate: ICAL.Time; endDate: ICAL.Time }) => {
    const person = personOf(details.item);
    const [fromAt, toAt] = [details.startDate, details.endDate].map((one) => instantOf(one, zones));
    if (person === '' || fromAt === undefined || toAt === undefined) return;
    if (toAt <= span.fromAt || fromAt >= span.toAt) return;
    const [from, to] = [utc(fromAt), utc(toAt)];
    if (from < to) shifts.push({ person, from, to });
  };
  if (personOf(event) === '')
    left.push('names nobody, neither as attendee nor in its summary, so it was left out.');
  if (!event.isRecurring()) {
    put({ item: event, startDate: event.startDate, endDate: event.endDate });
    return { shifts, left };
  }
  const iterator = event.iterator();
  for (let seen = 0; seen < OCCURRENCES_MAX; seen += 1) {
    const start = iterator.next();
    if (!start) return { shifts, left };
    if (instantOf(start, zones) >= span.toAt) {
      left.push(`repeats beyond ${utc(span.toAt)} UTC: carried over until then, import it again before.`);
      return { shifts, left };
    }
    put(event.getOccurrenceDetails(start));
  }
  left.push(`repeats more than ${OCCURRENCES_MAX} times: only so many were looked at.`);
  return { shifts, left };
}

/** Whose shift it is: the attendee by name, else what the event is called. */
function personOf(event: ICAL.Event): string {
  const [attendee] = event.attendees;
  const name = attendee?.getParameter('cn') ?? event.summary ?? '';
  return String(Array.isArray(name) ? name[0] : name)
    .replaceAll(/[\p{Cc}\p{Bidi_C}]/gu, ' ')
    .trim()
    .slice(0, 200);
}

function zoneProblem(time: ICAL.Time, zones: ReadonlyMap<string, ICAL.Timezone>): string | null {
  const tzid = zoneIdOf(time);
  if (tzid === null || zones.has(tzid)) return null;
  return tzid === 'floating'
    ? 'names no time zone: its times are taken as UTC.'
    : `is in the time zone ${tzid}, which the file does not define: its times are taken as UTC.`;
}

/** Null for UTC. */
function zoneIdOf(time: ICAL.Time): string | null {
  // Of a zone that the file does not define, the library keeps the name alone.
  const named: unknown = Reflect.get(time, 'timezone');
  const own = typeof named === 'string' && named !== '' ? named : (time.zone?.tzid ?? 'floating');
  return own === 'Z' || own === 'UTC' ? null : own;
}

function instantOf(time: ICAL.Time, zones: ReadonlyMap<string, ICAL.Timezone>): number {
  const zone = zones.get(zoneIdOf(time) ?? '');
  const wall = Date.UTC(time.year, time.month - 1, time.day, time.hour, time.minute, time.second);
  if (!zone) return wall;
  return wall - zone.utcOffset(time) * 1_000;
}

/** Shifts stand to the minute. */
function utc(at: number): string {
  return new Date(Math.floor(at / MINUTE_MS) * MINUTE_MS).toISOString().slice(0, 16);
}

/** Where each event begins, by its id; the library tells no lines. */
function lineOfEach(text: string): [string, number][] {
  let begin = 1;
  return text.split(/\r?\n/).flatMap((line, index): [string, number][] => {
    if (line === 'BEGIN:VEVENT') begin = index + 1;
    return line.startsWith('UID:') ? [[line.slice(4), begin]] : [];
  });
}
