import { hasLongLabels } from '../../../shared/model/exemplar-book.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import { parseSampleValue } from '../number.ts';
import { endOfQuoted, parseSeriesText } from './series-text.ts';

/** One event behind a number, as its exposition told it. */
export interface ExposedExemplar {
  /** Such as `trace_id`; without a name. */
  readonly labels: Labels;
  readonly value: number;
  /** Its own time, milliseconds UTC; null where it gives none. */
  readonly at: number | null;
}

/** Reads `{trace_id="…"} 0.67 1520879607.789`; undefined where it is no exemplar, which takes nothing from its sample. */
export function parseExemplar(text: string): ExposedExemplar | undefined {
  const open = text.indexOf('{');
  if (open < 0 || text.slice(0, open).trim() !== '') return undefined;
  const close = endOfBraces(text, open + 1);
  if (close < 0) return undefined;
  const read = parseSeriesText(`exemplar${text.slice(open, close + 1)}`);
  if (!read.ok) return undefined;
  const { __name__: _name, ...labels } = read.value;
  if (hasLongLabels(labels)) return undefined;
  const [word = '', time, ...more] = text
    .slice(close + 1)
    .trim()
    .split(/[ \t]+/);
  const value = parseSampleValue(word);
  const seconds = time === undefined ? undefined : parseSampleValue(time);
  if (value === undefined || more.length > 0 || (time !== undefined && !Number.isFinite(seconds)))
    return undefined;
  return { labels, value, at: seconds === undefined ? null : Math.round(seconds * 1_000) };
}

function endOfBraces(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '}') return at;
    if (text[at] !== '"') continue;
    at = endOfQuoted(text, at + 1);
    if (at < 0) return -1;
  }
  return -1;
}
