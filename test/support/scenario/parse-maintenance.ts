import type { Setup } from './language.ts';
import type { WordReader } from './words.ts';

/** `maintenance db-work services db [dependents] from 5m to 20m`, or `… schedule "0 2 * * sun" for 1h [zone Europe/Berlin]`. */
export function parseMaintenance(reader: WordReader, definedAt: string): Setup['maintenance'][number] {
  const id = reader.word('a name');
  if (!reader.take('services')) reader.fail('expected "services"');
  const services = reader.list('services');
  const include_dependents = reader.take('dependents');
  if (reader.take('from')) {
    const fromMs = reader.durationMs('a time');
    if (!reader.take('to')) reader.fail('expected "to" and a time');
    const onceMs = [fromMs, reader.durationMs('a time')] as const;
    return { config: { id, services, include_dependents }, onceMs, definedAt };
  }
  if (!reader.take('schedule')) reader.fail('expected "from" or "schedule"');
  const schedule = reader.quoted('a schedule');
  if (!reader.take('for')) reader.fail('expected "for" and how long');
  const duration = reader.durationMs('how long');
  const time_zone = reader.take('zone') ? reader.word('a time zone') : 'UTC';
  return {
    config: { id, services, include_dependents, schedule, duration, time_zone },
    onceMs: null,
    definedAt,
  };
}
