import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createOnCall } from '../../../main/calendar/index.ts';
import { importIcal } from '../../../main/interop/index.ts';
import { ScheduleConfig } from '../../../shared/config/on-call.ts';

const SPAN = { fromAt: Date.parse('2026-01-01T00:00:00Z'), toAt: Date.parse('2027-01-01T00:00:00Z') };

const BERLIN = `BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE`;

const calendar = (...events: string[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    BERLIN,
    ...events.map((one) => `BEGIN:VEVENT\n${one}\nEND:VEVENT`),
    'END:VCALENDAR',
  ]
    .join('\n')
    .replaceAll('\n', '\r\n');

const read = (text: string) => {
  const imported = importIcal(text, 'on-call.ics', SPAN);
  const config = ScheduleConfig.parse(parse(imported.files[0]?.text ?? '').schedules.on_call_engineer);
  return { ...imported, config, who: (at: string) => createOnCall(config).at(Date.parse(at))?.person };
};

describe('an on-call calendar', () => {
  it('keeps the hand-over at its time of day when the clocks change, with exceptions and another in place', () => {
    const weekly = [
      'UID:anna',
      'SUMMARY:anna',
      'DTSTART;TZID=Europe/Berlin:20260302T090000',
      'DTEND;TZID=Europe/Berlin:20260309T090000',
      'RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=4',
      'EXDATE;TZID=Europe/Berlin:20260316T090000',
    ].join('\n');
    const moved = [
      'UID:anna',
      'RECURRENCE-ID;TZID=Europe/Berlin:20260413T090000',
      'SUMMARY:cleo',
      'DTSTART;TZID=Europe/Berlin:20260413T120000',
      'DTEND;TZID=Europe/Berlin:20260414T120000',
    ].join('\n');
    const { config, who, left } = read(calendar(weekly, moved));
    expect(left).toEqual([]);
    expect(config.shifts).toEqual([
      { person: 'anna', from: '2026-03-02T08:00', to: '2026-03-09T08:00' },
      { person: 'anna', from: '2026-03-30T07:00', to: '2026-04-06T07:00' },
      { person: 'cleo', from: '2026-04-13T10:00', to: '2026-04-14T10:00' },
    ]);
    expect(who('2026-03-30T06:59:00Z')).toBeUndefined();
    expect(who('2026-03-30T07:00:00Z')).toBe('anna');
  });

  it('takes the attendee by name, and UTC as it is', () => {
    const { config } = read(
      calendar(
        'UID:1\nSUMMARY:On call\nATTENDEE;CN=Ben Büttner:mailto:ben@example.com\nDTSTART:20260601T000000Z\nDTEND:20260602T000000Z',
      ),
    );
    expect(config.shifts).toEqual([
      { person: 'Ben Büttner', from: '2026-06-01T00:00', to: '2026-06-02T00:00' },
    ]);
  });

  it('names by line what repeats without end, lasts whole days, has no zone of its own or names nobody', () => {
    const { left, config } = read(
      calendar(
        'UID:a\nSUMMARY:anna\nDTSTART:20260101T000000Z\nDTEND:20260102T000000Z\nRRULE:FREQ=DAILY',
        'UID:b\nSUMMARY:ben\nDTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260106',
        'UID:c\nSUMMARY:cleo\nDTSTART;TZID=Mars/Olympus:20260105T000000\nDTEND;TZID=Mars/Olympus:20260106T000000',
        'UID:d\nDTSTART:20260105T000000Z\nDTEND:20260106T000000Z',
      ),
    );
    expect(config.shifts.filter((one) => one.person === 'anna')).toHaveLength(365);
    expect(left.join('\n')).toMatch(/on-call\.ics:\d+: anna repeats beyond 2027-01-01T00:00 UTC/);
    expect(left.join('\n')).toMatch(/ben lasts whole days/);
    expect(left.join('\n')).toMatch(/cleo is in the time zone Mars\/Olympus, which the file does not define/);
    expect(left.join('\n')).toMatch(/an event names nobody/);
  });

  it('that repeats each second ends, and a file that is none is said', () => {
    const mad = 'UID:x\nSUMMARY:x\nDTSTART:20260101T000000Z\nDTEND:20260101T000001Z\nRRULE:FREQ=SECONDLY';
    expect(importIcal(calendar(mad), 'x.ics', SPAN).left.join('\n')).toMatch(/more than 20000 times/);
    expect(importIcal('<html>', 'x.ics', SPAN)).toMatchObject({
      files: [],
      left: [expect.stringContaining('x.ics:1: not an iCalendar file')],
    });
  });
});
