import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOnCall } from '../../../main/calendar/index.ts';
import { ScheduleConfig } from '../../../shared/config/on-call.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
];
const schedule = (config: object) => createOnCall(ScheduleConfig.parse(config));
const at = (text: string) => Date.parse(text);

const weekly = {
  time_zone: 'Europe/Berlin',
  rotations: [{ id: 'main', people: ['anna', 'ben', 'cleo'], from: '2026-03-02T09:00', every: '1w' }],
};

describe('a rotation', () => {
  it('hands over at the same time of day on both sides of a clock change', () => {
    const { at: who } = schedule(weekly);
    expect(who(at('2026-03-02T07:59:59Z'))).toBeNull();
    expect(who(at('2026-03-02T08:00:00Z'))).toEqual({ person: 'anna', by: 'rotation main' });
    expect(who(at('2026-03-09T07:59:59Z'))?.person).toBe('anna');
    expect(who(at('2026-03-09T08:00:00Z'))?.person).toBe('ben');
    // Summer time since 29 March: 09:00 in Berlin is 07:00 UTC.
    expect(who(at('2026-03-30T06:59:59Z'))?.person).toBe('anna');
    expect(who(at('2026-03-30T07:00:00Z'))?.person).toBe('ben');
  });

  it('in the hour that comes twice goes on and never back', () => {
    const rotations = [{ id: 'r', people: ['a', 'b'], from: '2026-10-24T02:30', every: '1d' }];
    const { at: who } = schedule({ time_zone: 'Europe/Berlin', rotations });
    // 02:30 comes at 00:30 and at 01:30 UTC; the first one counts.
    expect(who(at('2026-10-25T00:29:59Z'))?.person).toBe('a');
    expect(who(at('2026-10-25T00:30:00Z'))?.person).toBe('b');
    expect(who(at('2026-10-25T01:15:00Z'))?.person).toBe('b');
  });

  it('covers only its hours, and the next rotation the rest', () => {
    const { at: who } = schedule({
      time_zone: 'Europe/Berlin',
      rotations: [
        {
          id: 'day',
          people: ['dora'],
          from: '2026-01-01T00:00',
          every: '1w',
          hours: { days: ['mon'], from: '09:00', to: '17:00' },
        },
        { id: 'night', people: ['nils'], from: '2026-01-01T00:00', every: '12h' },
      ],
    });
    expect(who(at('2026-01-12T08:00:00Z'))?.by).toBe('rotation day');
    expect(who(at('2026-01-12T16:00:00Z'))?.by).toBe('rotation night');
    expect(who(at('2026-01-13T08:00:00Z'))?.by).toBe('rotation night');
  });
});

describe('at each instant of coverage', () => {
  const zone = fc.constantFrom(...ZONES);
  const every = fc.constantFrom('1h', '5h', '12h', '1d', '3d', '1w', '2w');
  const people = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e'), {
    minLength: 1,
    maxLength: 5,
  });
  const startAt = at('2026-01-05T00:00:00Z');
  const instant = fc.integer({ min: startAt + 2 * DAY_MS, max: startAt + 700 * DAY_MS });

  it('exactly one person is on call, turns follow each other in order, and none comes back', () => {
    fc.assert(
      fc.property(zone, every, people, instant, (time_zone, length, names, from) => {
        const { at: who } = schedule({
          time_zone,
          rotations: [{ id: 'r', people: names, from: '2026-01-05T02:30', every: length }],
        });
        let before = who(from);
        expect(before).not.toBeNull();
        for (let step = 1; step <= 60; step += 1) {
          const now = who(from + step * 20 * MINUTE_MS);
          if (!now || !before) throw new Error('nobody is on call');
          const moved =
            (names.indexOf(now.person) - names.indexOf(before.person) + names.length) % names.length;
          // Within 20 min one turn ends at most; a turn of an hour may fall into the hour that the clocks skip.
          expect(moved).toBeLessThanOrEqual(length === '1h' ? 2 : 1);
          before = now;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('an override wins within its time and changes nothing outside of it', () => {
    fc.assert(
      fc.property(
        zone,
        people,
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: 1, max: 40 }),
        (time_zone, names, day, hours) => {
          const rotations = [{ id: 'r', people: names, from: '2026-01-05T09:00', every: '1w' }];
          const wall = (ms: number) => new Date(ms).toISOString().slice(0, 16);
          const from = startAt + (day + 2) * DAY_MS + 12 * HOUR_MS;
          const to = from + hours * HOUR_MS;
          const overrides = [{ person: 'zoe', from: wall(from), to: wall(to) }];
          const plain = schedule({ time_zone, rotations });
          const overridden = schedule({ time_zone, rotations, overrides });
          let hits = 0;
          for (let t = from - 16 * HOUR_MS; t < to + 16 * HOUR_MS; t += 30 * MINUTE_MS) {
            const found = overridden.at(t);
            if (found?.by === 'override') hits += 1;
            else expect(found).toEqual(plain.at(t));
          }
          // The clocks may change within it, by an hour at most.
          expect(Math.abs(hits - 2 * hours)).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('shifts', () => {
  it('stand between overrides and rotations; of two at once the later one in the file counts', () => {
    const { at: who } = schedule({
      ...weekly,
      shifts: [
        { person: 'one', from: '2026-03-03T00:00', to: '2026-03-05T00:00' },
        { person: 'two', from: '2026-03-04T00:00', to: '2026-03-06T00:00' },
      ],
      overrides: [{ person: 'over', from: '2026-03-04T12:00', to: '2026-03-04T13:00' }],
    });
    expect(who(at('2026-03-03T12:00:00Z'))).toEqual({ person: 'one', by: 'shift' });
    expect(who(at('2026-03-04T12:30:00Z'))).toEqual({ person: 'two', by: 'shift' });
    expect(who(at('2026-03-04T11:30:00Z'))).toEqual({ person: 'over', by: 'override' });
    expect(who(at('2026-03-06T12:00:00Z'))?.by).toBe('rotation main');
  });
});

describe('hand-overs', () => {
  const hours = fc.option(
    fc.constantFrom(
      { from: '09:00', to: '17:00' },
      { from: '00:00', to: '24:00' },
      { from: '01:30', to: '02:30', days: ['sat', 'sun', 'mon'] },
      { from: '02:15', to: '24:00' },
    ),
    { nil: undefined },
  );
  const rotation: fc.Arbitrary<object> = fc.record(
    {
      id: fc.constant('r'),
      people: fc.constantFrom(['anna'], ['anna', 'ben'], ['cleo', 'ben', 'anna']),
      from: fc.constantFrom('2026-03-01T09:00', '2026-03-28T02:30', '2026-10-24T22:00'),
      every: fc.constantFrom('5h', '12h', '1d', '1w'),
      hours,
    },
    { requiredKeys: ['id', 'people', 'from', 'every'] },
  );
  const override: fc.Arbitrary<object> = fc.constantFrom<object[]>(
    { person: 'eve', from: '2026-03-28T23:10', to: '2026-03-29T03:05' },
    { person: 'anna', from: '2026-10-25T01:20', to: '2026-10-25T02:40' },
  );

  const nightly = (hours: { from: string; to: string }) => ({
    ...{ id: 'r', people: ['anna'], from: '2026-03-01T09:00', every: '1w', hours },
  });

  it('are exactly the minutes at which somebody else has it, also where the clocks change', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.array(rotation, { maxLength: 2 }),
        fc.array(override, { maxLength: 2 }),
        fc.constantFrom('2026-03-28T10:00:00Z', '2026-10-24T12:00:00Z', '2026-04-04T09:00:00Z'),
        (time_zone, rotations, overrides, from) => {
          const asked = schedule({ time_zone, rotations, overrides });
          const fromAt = at(from);
          const toAt = fromAt + 2 * DAY_MS;
          const plain: { at: number; person: string | undefined }[] = [];
          let before = asked.at(fromAt)?.person;
          for (let minute = fromAt + MINUTE_MS; minute < toAt; minute += MINUTE_MS) {
            const person = asked.at(minute)?.person;
            if (person !== before) plain.push({ at: minute, person });
            before = person;
          }
          expect(
            asked.handOvers(fromAt, toAt).map((one) => ({ at: one.at, person: one.onCall?.person })),
          ).toEqual(plain);
        },
      ),
      {
        numRuns: 25,
        examples: [
          // The wall shows 02:15 twice, and 02:00 between them.
          ['Europe/Berlin', [nightly({ from: '02:15', to: '24:00' })], [], '2026-10-24T12:00:00Z'],
          // It never shows 02:30.
          ['Europe/Berlin', [nightly({ from: '01:30', to: '02:30' })], [], '2026-03-28T10:00:00Z'],
          ['Europe/Berlin', [nightly({ from: '02:15', to: '24:00' })], [], '2026-03-28T10:00:00Z'],
        ],
      },
    );
  });
});
