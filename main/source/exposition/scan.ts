import { parseSampleValue } from '../number.ts';
import type { ExpositionFormat } from './format.ts';
import { endOfQuoted } from './series-text.ts';

export interface ExpositionError {
  /** From 1. */
  readonly line: number;
  /** A clause that says what is wrong; never the line itself, which is foreign text. */
  readonly message: string;
}

/**
 * Hears each sample. `series` is the text before the value: the same text is always the same series, so it can be
 * looked up without being read. `exemplar` is OpenMetrics' text behind the number sign, not read either. An answer is an
 * error of that line and ends the scan.
 */
export type SampleVisitor = (
  series: string,
  value: number,
  atMs: number | undefined,
  exemplar: string | undefined,
) => string | undefined;

const SPACE = 32;
const TAB = 9;
const HASH = 35;
/** A line is a series and a number; more is an attack or a broken exporter. */
const LINE_LENGTH_MAX = 256 * 1024;

/**
 * Walks over Prometheus text 0.0.4 or OpenMetrics 1.0, one pass, without reading the labels. Types, units and help are
 * passed over. OpenMetrics must end with `# EOF`: without it part of the answer is missing.
 * Sources: https://prometheus.io/docs/instrumenting/exposition_formats/, https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
export function scanExposition(
  text: string,
  format: ExpositionFormat,
  visit: SampleVisitor,
): ExpositionError | undefined {
  const openMetrics = format === 'openmetrics';
  let line = 0;
  let at = 0;
  let ended = false;
  while (at < text.length) {
    line += 1;
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (ended) return { line, message: 'something follows # EOF' };
    const begin = skipBlank(text, at, end);
    at = end + 1;
    if (begin === end || isCarriageReturn(text, begin, end)) continue;
    if (end - begin > LINE_LENGTH_MAX) return { line, message: `the line is longer than ${LINE_LENGTH_MAX}` };
    if (text.charCodeAt(begin) === HASH) {
      ended = openMetrics && text.slice(begin, end).trimEnd() === '# EOF';
      continue;
    }
    const message = readSample(text, begin, end, openMetrics, visit);
    if (message !== undefined) return { line, message };
  }
  return openMetrics && !ended
    ? { line: Math.max(1, line), message: 'the answer ends without # EOF: part of it is missing' }
    : undefined;
}

function readSample(
  text: string,
  begin: number,
  lineEnd: number,
  openMetrics: boolean,
  visit: SampleVisitor,
): string | undefined {
  const seriesEnd = endOfSeries(text, begin, lineEnd);
  if (seriesEnd < 0) return 'the labels do not end';
  const valueAt = skipBlank(text, seriesEnd, lineEnd);
  const valueEnd = endOfWord(text, valueAt, lineEnd);
  if (valueAt === valueEnd) return 'the series has no value';
  const value = parseSampleValue(text.slice(valueAt, valueEnd));
  if (value === undefined) return 'the value is not a number';
  const next = skipBlank(text, valueEnd, lineEnd);
  if (next === lineEnd || isCarriageReturn(text, next, lineEnd))
    return visit(text.slice(begin, seriesEnd), value, undefined, undefined);
  if (text.charCodeAt(next) === HASH)
    return openMetrics
      ? visit(text.slice(begin, seriesEnd), value, undefined, text.slice(next + 1, lineEnd))
      : 'something follows the value';
  const timeEnd = endOfWord(text, next, lineEnd);
  const atMs = readTime(text.slice(next, timeEnd), openMetrics);
  if (atMs === undefined) return 'the timestamp is not a number';
  const rest = skipBlank(text, timeEnd, lineEnd);
  const exemplar = openMetrics && text.charCodeAt(rest) === HASH;
  if (rest !== lineEnd && !exemplar && !isCarriageReturn(text, rest, lineEnd))
    return 'something follows the timestamp';
  return visit(
    text.slice(begin, seriesEnd),
    value,
    atMs,
    exemplar ? text.slice(rest + 1, lineEnd) : undefined,
  );
}

/** Where the series' text ends: after the closing brace, or at the first blank where there are no labels. */
function endOfSeries(text: string, begin: number, lineEnd: number): number {
  let at = begin;
  while (at < lineEnd) {
    const code = text.charCodeAt(at);
    if (code === 123) return endOfLabels(text, at + 1, lineEnd);
    if (code === SPACE || code === TAB) {
      const next = skipBlank(text, at, lineEnd);
      return text.charCodeAt(next) === 123 ? endOfLabels(text, next + 1, lineEnd) : at;
    }
    at += 1;
  }
  return lineEnd;
}

function endOfLabels(text: string, from: number, lineEnd: number): number {
  let at = from;
  while (at < lineEnd) {
    const code = text.charCodeAt(at);
    if (code === 125) return at + 1;
    if (code === 34) {
      at = endOfQuoted(text, at + 1);
      if (at < 0 || at >= lineEnd) return -1;
    }
    at += 1;
  }
  return -1;
}

/** Milliseconds in the older text, seconds with a fraction in OpenMetrics. */
function readTime(text: string, openMetrics: boolean): number | undefined {
  const value = parseSampleValue(text);
  if (value === undefined || !Number.isFinite(value)) return undefined;
  const atMs = openMetrics ? Math.round(value * 1000) : value;
  return Number.isSafeInteger(atMs) ? atMs : undefined;
}

function skipBlank(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB)) at += 1;
  return at;
}

function endOfWord(text: string, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === SPACE || code === TAB || code === 13) break;
    at += 1;
  }
  return at;
}

/** Some exporters end lines with CR LF. */
function isCarriageReturn(text: string, at: number, end: number): boolean {
  return at === end - 1 && text.charCodeAt(at) === 13;
}
