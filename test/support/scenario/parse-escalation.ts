import type { Setup } from './language.ts';
import type { WordReader } from './words.ts';

const PRIORITIES = ['P0', 'P1', 'P2', 'P3'] as const;

/** `escalation usual`, or a step a line: `escalation P0 after 5m to second_channel [silent]`. */
export function parseEscalation(reader: WordReader, routing: Setup['routing']): void {
  if (reader.take('usual')) {
    routing.escalation = {};
    return;
  }
  const priority = reader.oneOf('a priority', PRIORITIES);
  if (!reader.take('after')) reader.fail('expected "after" and a time');
  const after = reader.word('a time');
  if (!reader.take('to')) reader.fail('expected "to" and receivers');
  const step = { after, receivers: reader.list('receivers'), sound: !reader.take('silent') };
  const chains = (routing.escalation ?? { P0: [], P1: [], P2: [], P3: [] }) as Record<string, object[]>;
  routing.escalation = { ...chains, [priority]: [...(chains[priority] ?? []), step] };
}

/** `schedule on_call_engineer zone Europe/Berlin from 2026-01-05T09:00 every 1w people anna, ben`. */
export function parseSchedule(reader: WordReader, routing: Setup['routing']): void {
  const name = reader.word('a receiver');
  const time_zone = reader.take('zone') ? reader.word('a time zone') : 'UTC';
  if (!reader.take('from')) reader.fail('expected "from" and a time');
  const from = reader.word('a time');
  if (!reader.take('every')) reader.fail('expected "every" and how long');
  const every = reader.word('how long');
  if (!reader.take('people')) reader.fail('expected "people"');
  const rotation = { id: 'main', people: reader.list('people'), from, every };
  const known = (routing.schedules ?? {}) as Record<string, object>;
  routing.schedules = { ...known, [name]: { time_zone, rotations: [rotation] } };
}
