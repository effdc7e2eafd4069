import { Temporal } from 'temporal-polyfill';
import type { ScheduleConfig, ShiftConfig } from '../../shared/config/on-call.ts';
import { type BusinessHours, createBusinessHours } from './business-hours.ts';

/** Who is on call at one instant, and by what. */
export interface OnCall {
  readonly person: string;
  /** `override`, `shift`, or the rotation's name. */
  readonly by: string;
}

/** From when on somebody else is on call, or nobody. */
export interface HandOver {
  readonly at: number;
  readonly onCall: OnCall | null;
}

export interface OnCallSchedule {
  /** Null where nobody is. */
  at(instant: number): OnCall | null;
  /** Between two instants, ascending; one person's turn after another of the same is none. */
  handOvers(fromAt: number, toAt: number): HandOver[];
}

interface Turn {
  readonly person: string;
  readonly fromAt: number;
  readonly toAt: number;
}

/**
 * Overrides win over shifts, shifts over rotations, an earlier rotation over a later one; of two overrides or shifts at
 * once, the one written later. Turns hand over on the wall clock, and each instant belongs to one turn also on the days
 * on which the wall shows an hour twice or skips one.
 */
export function createOnCall(config: ScheduleConfig): OnCallSchedule {
  const overrides = turnsOf(config.overrides, config.time_zone);
  const shifts = turnsOf(config.shifts, config.time_zone);
  const rotations = config.rotations.map((one) => createRotation(one, config.time_zone));
  const at = (instant: number): OnCall | null => {
    const override = turnAt(overrides, instant);
    if (override) return { person: override.person, by: 'override' };
    const shift = turnAt(shifts, instant);
    if (shift) return { person: shift.person, by: 'shift' };
    for (const rotation of rotations) {
      const person = rotation.at(instant);
      if (person !== null) return { person, by: `rotation ${rotation.id}` };
    }
    return null;
  };
  return {
    at,
    handOvers(fromAt, toAt) {
      const edges = [
        ...[...overrides, ...shifts].flatMap((turn) => [turn.fromAt, turn.toAt]),
        ...rotations.flatMap((rotation) => rotation.edges(fromAt, toAt)),
      ].filter((edge) => fromAt < edge && edge < toAt);
      const found: HandOver[] = [];
      let before = at(fromAt)?.person;
      for (const edge of [...new Set(edges)].sort((a, b) => a - b)) {
        const onCall = at(edge);
        if (onCall?.person !== before) found.push({ at: edge, onCall });
        before = onCall?.person;
      }
      return found;
    },
  };
}

function turnsOf(shifts: readonly ShiftConfig[], timeZone: string): Turn[] {
  return shifts.map(({ person, from, to }) => ({
    person,
    fromAt: instantOf(Temporal.PlainDateTime.from(from), timeZone),
    toAt: instantOf(Temporal.PlainDateTime.from(to), timeZone),
  }));
}

function turnAt(turns: readonly Turn[], instant: number): Turn | undefined {
  return turns.findLast((one) => one.fromAt <= instant && instant < one.toAt);
}

function createRotation(rotation: ScheduleConfig['rotations'][number], timeZone: string) {
  const first = Temporal.PlainDateTime.from(rotation.from);
  const { unit, count } = lengthOf(rotation.every);
  const startOf = (turn: number) => instantOf(first.add({ [unit]: turn * count }), timeZone);
  const startsAt = startOf(0);
  const hours: BusinessHours | null = rotation.hours
    ? createBusinessHours({ ...rotation.hours, time_zone: timeZone, holidays: [] })
    : null;
  const turnOf = (instant: number): number => {
    const local = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timeZone);
    const passed = first.until(local.toPlainDateTime(), { largestUnit: unit });
    let turn = Math.max(0, Math.floor(passed[unit] / count));
    // On the wall an hour may come twice or not at all; instants decide.
    while (turn > 0 && startOf(turn) > instant) turn -= 1;
    while (startOf(turn + 1) <= instant) turn += 1;
    return turn;
  };
  return {
    id: rotation.id,
    at(instant: number): string | null {
      if (instant < startsAt || (hours && !hours.inBusinessHours(instant))) return null;
      return rotation.people[turnOf(instant) % rotation.people.length] ?? null;
    },
    /** Every instant at which its answer may become another one; not each of them is one. */
    edges(fromAt: number, toAt: number): number[] {
      const edges = rotation.hours ? edgesOf(rotation.hours, timeZone, fromAt, toAt) : [];
      let turn = fromAt < startsAt ? 0 : turnOf(fromAt);
      for (let start = startOf(turn); start < toAt; start = startOf(turn)) {
        edges.push(start);
        turn += 1;
      }
      return edges;
    },
  };
}

/** Where hours may begin or end: both times of each day, each time that the wall shows them, and where the clocks change. */
function edgesOf(
  { from, to }: { readonly from: string; readonly to: string },
  timeZone: string,
  fromAt: number,
  toAt: number,
): number[] {
  const zoned = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const edges: number[] = [];
  const last = zoned(toAt).toPlainDate();
  for (
    let date = zoned(fromAt).toPlainDate();
    Temporal.PlainDate.compare(date, last) <= 0;
    date = date.add({ days: 1 })
  )
    for (const time of [from, to]) {
      const wall =
        time === '24:00'
          ? date.add({ days: 1 }).toPlainDateTime()
          : date.toPlainDateTime(Temporal.PlainTime.from(time));
      for (const disambiguation of ['earlier', 'later'] as const)
        edges.push(wall.toZonedDateTime(timeZone, { disambiguation }).epochMilliseconds);
    }
  for (
    let change = zoned(fromAt).getTimeZoneTransition('next');
    change && change.epochMilliseconds < toAt;
    change = change.getTimeZoneTransition('next')
  )
    edges.push(change.epochMilliseconds);
  return edges;
}

function lengthOf(every: string): { unit: 'hours' | 'days' | 'weeks'; count: number } {
  const unit = every.endsWith('h') ? 'hours' : every.endsWith('d') ? 'days' : 'weeks';
  return { unit, count: Number(every.slice(0, -1)) };
}

/** What comes twice counts the first time; what the clocks skip is as much later as the gap is long. */
function instantOf(wall: Temporal.PlainDateTime, timeZone: string): number {
  return wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;
}
