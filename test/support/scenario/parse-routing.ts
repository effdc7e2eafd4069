import { StageVerdict } from '../../../shared/model/alert.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';
import type { Setup } from './language.ts';
import type { WordReader } from './words.ts';

/** `pair silence × group`. */
export function parsePair(reader: WordReader): Setup['pairs'][number] {
  const stages = StageVerdict.shape.stage.options;
  const one = reader.oneOf('a stage', stages);
  if (!reader.take('×')) reader.fail('expected "×" and another stage');
  return [one, reader.oneOf('a stage', stages)];
}

/** `rate limit 3 per 10m`. */
export function parseRateLimit(reader: WordReader): unknown {
  if (!reader.take('limit')) reader.fail('expected "limit"');
  const notifications = reader.number('a number of notifications');
  if (!reader.take('per')) reader.fail('expected "per" and a duration');
  return { notifications, per: `${Math.round(reader.durationMs('a duration') / MINUTE_MS)}m` };
}

/** `flapping 2 in 1h steady 5m`. */
export function parseFlapping(reader: WordReader): unknown {
  const firings = reader.number('how often it may fire');
  if (!reader.take('in')) reader.fail('expected "in" and a duration');
  const within = reader.word('a duration');
  if (!reader.take('steady')) reader.fail('expected "steady" and a duration');
  return { firings, within, steady: reader.word('a duration') };
}
