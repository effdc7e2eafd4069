import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { InstantSample, InstantValue, Labels, Series } from '../../../shared/model/metric.ts';
import { clip } from '../http/failure.ts';
import { parseSampleValue } from '../number.ts';
import { type AskedTime, ofAskedTime } from './asked-time.ts';
import type { DataProblem } from './data-problem.ts';

/** A well-formed answer of the query API; `error` is the server's own refusal of the query. */
export type Answer =
  | { readonly kind: 'data'; readonly data: unknown; readonly warnings: readonly string[] }
  | { readonly kind: 'error'; readonly errorType: string; readonly message: string };

/** Which result is read out of an answer: an instant's vector or scalar, or a range's matrix of so many points at most. */
export type Wanted =
  | { readonly kind: 'instant'; readonly asked: AskedTime }
  | { readonly kind: 'matrix'; readonly asked: AskedTime; readonly pointsLeft: number };

/** An answer opened and read; plain data, so that it can come from a thread. */
export type Opened =
  | Extract<Answer, { kind: 'error' }>
  | {
      readonly kind: 'read';
      readonly warnings: readonly string[];
      readonly value: Result<InstantValue | Series[], DataProblem>;
    };

/** One body to open, wherever that is done. */
export interface AnswerJob {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  readonly wanted: Wanted;
}

/** Opens a body and reads what was wanted of it. The error is a clause that says what came instead. */
export function openAnswer({ body, contentType, wanted }: AnswerJob): Result<Opened, string> {
  const answer = readAnswer(body, contentType);
  if (!answer.ok) return answer;
  if (answer.value.kind === 'error') return ok(answer.value);
  const { data, warnings } = answer.value;
  const value =
    wanted.kind === 'matrix'
      ? ofAskedTime(readMatrix(data, wanted.pointsLeft), wanted.asked)
      : ofAskedTime(readInstant(data), wanted.asked);
  return ok({ kind: 'read', warnings, value });
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Opens an answer. The error is a clause that says what came instead. */
export function readAnswer(body: Uint8Array, contentType: string): Result<Answer, string> {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    return err('it answered with bytes that are not text');
  }
  const begin = text.slice(0, 2048).trimStart();
  if (begin === '') return err('it answered with nothing');
  if (begin.startsWith('<') || /text\/html/i.test(contentType)) {
    const title = /<title[^>]*>([^<]{1,200})/i.exec(begin)?.[1];
    return err(
      `it answered with a web page${title ? ` titled “${clip(title, 80)}”` : ''}, not with query results`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err(
      begin.startsWith('{')
        ? `it answered with JSON that is damaged or breaks off (${body.byteLength} bytes)`
        : `it answered with something that is not JSON: “${clip(begin, 60)}”`,
    );
  }
  return openEnvelope(json);
}

function openEnvelope(json: unknown): Result<Answer, string> {
  if (!isRecord(json)) return err('it answered with JSON that is not an object');
  if (json.status === 'error')
    return ok({
      kind: 'error',
      errorType: typeof json.errorType === 'string' ? clip(json.errorType, 40) : 'unknown',
      message: typeof json.error === 'string' ? clip(json.error, 500) : 'no message',
    });
  if (json.status !== 'success')
    return err(`it answered with JSON without a status of success or error (it has: ${keysOf(json)})`);
  if (!('data' in json)) return err('it answered success without data');
  return ok({ kind: 'data', data: json.data, warnings: readWarnings(json.warnings) });
}

const WARNINGS_MAX = 20;

function readWarnings(warnings: unknown): readonly string[] {
  if (!Array.isArray(warnings)) return [];
  return warnings
    .filter((one) => typeof one === 'string')
    .slice(0, WARNINGS_MAX)
    .map((one) => clip(one, 300));
}

export function readInstant(data: unknown): Result<InstantValue, DataProblem> {
  if (!isRecord(data)) return shape('data that is not an object');
  switch (data.resultType) {
    case 'vector':
      return readVector(data.result);
    case 'scalar': {
      const point = readPoint(data.result);
      return point ? ok({ kind: 'scalar', ...point }) : shape('a scalar that is not [time, "value"]');
    }
    case 'matrix':
    case 'string':
      return err({
        kind: 'query',
        what: `The expression gives a ${data.resultType}, and a vector or scalar is needed.`,
      });
    default:
      return shape('a kind of result that the API does not have');
  }
}

function readVector(result: unknown): Result<InstantValue, DataProblem> {
  if (!Array.isArray(result)) return shape('a vector that is not a list');
  const samples: InstantSample[] = [];
  const seen = new Set<string>();
  for (const entry of result as unknown[]) {
    if (!isRecord(entry)) return shape('a vector with an entry that is not an object');
    const labels = readLabels(entry.metric);
    if (!labels) return shape('a series whose labels are not text');
    if (isOversized(labels)) return oversizedLabels();
    // The API writes labels in one order, so that the same text is the same series.
    const key = JSON.stringify(labels);
    if (seen.has(key)) return shape('one series twice');
    seen.add(key);
    if (entry.value === undefined && entry.histogram !== undefined) return nativeHistogram();
    const point = readPoint(entry.value);
    if (!point) return shape('a sample that is not [time, "value"]');
    samples.push({ labels, ...point });
  }
  return ok({ kind: 'vector', samples });
}

/** @param pointsLeft more than these in all is a limit, not a shape */
export function readMatrix(data: unknown, pointsLeft: number): Result<Series[], DataProblem> {
  if (!isRecord(data) || data.resultType !== 'matrix') return shape('a range that is not a matrix');
  if (!Array.isArray(data.result)) return shape('a matrix that is not a list');
  const series: Series[] = [];
  let points = 0;
  for (const entry of data.result as unknown[]) {
    if (!isRecord(entry)) return shape('a matrix with an entry that is not an object');
    const labels = readLabels(entry.metric);
    if (!labels) return shape('a series whose labels are not text');
    if (isOversized(labels)) return oversizedLabels();
    if (entry.values === undefined && entry.histograms !== undefined) return nativeHistogram();
    if (!Array.isArray(entry.values)) return shape('a series without values');
    points += entry.values.length;
    if (points > pointsLeft)
      return err({
        kind: 'query',
        what: 'The answer has more samples than one query may take. Ask for less time or fewer series.',
      });
    const read = readPoints(entry.values as unknown[]);
    if (!read) return shape('samples that are not [time, "value"] in ascending time');
    series.push({ labels, ...read });
  }
  return ok(series);
}

function readPoints(values: readonly unknown[]): { times: Float64Array; values: Float64Array } | undefined {
  const times = new Float64Array(values.length);
  const numbers = new Float64Array(values.length);
  let before = Number.NEGATIVE_INFINITY;
  for (const [index, value] of values.entries()) {
    const point = readPoint(value);
    if (!point || point.at <= before) return undefined;
    before = point.at;
    times[index] = point.at;
    numbers[index] = point.value;
  }
  return { times, values: numbers };
}

function readPoint(value: unknown): { at: number; value: number } | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [seconds, text] = value as unknown[];
  if (typeof seconds !== 'number' || typeof text !== 'string') return undefined;
  const number = parseSampleValue(text);
  const at = Math.round(seconds * 1000);
  return number === undefined || !Number.isSafeInteger(at) ? undefined : { at, value: number };
}

function readLabels(metric: unknown): Labels | undefined {
  if (!isRecord(metric)) return undefined;
  for (const name of Object.keys(metric)) if (typeof metric[name] !== 'string') return undefined;
  return metric as Labels;
}

/** Names and values of one series together: they go into alerts, incidents and every window. */
const LABELS_LENGTH_MAX = 64 * 1024;

function isOversized(labels: Labels): boolean {
  let length = 0;
  for (const [name, value] of Object.entries(labels)) length += name.length + value.length;
  return length > LABELS_LENGTH_MAX;
}

function oversizedLabels(): { readonly ok: false; readonly error: DataProblem } {
  return err({
    kind: 'query',
    what: 'The expression gives a series whose labels are longer than 64 KiB together. Leave the long label out, by sum without (…) for example.',
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keysOf(json: Record<string, unknown>): string {
  const keys = Object.keys(json);
  return keys.length === 0 ? 'nothing' : clip(keys.slice(0, 5).join(', '), 80);
}

function shape(what: string): { readonly ok: false; readonly error: DataProblem } {
  return err({ kind: 'shape', what: `it answered success with ${what}` });
}

function nativeHistogram(): { readonly ok: false; readonly error: DataProblem } {
  return err({
    kind: 'query',
    what: 'The expression gives native histograms, which Midwatch does not read. Use histogram_quantile, histogram_count or histogram_sum.',
  });
}
