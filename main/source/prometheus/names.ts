import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { MetricAbout, NameList, NameQuestion, QueryNames } from '../../../shared/model/metric.ts';
import type { Clock } from '../../platform/index.ts';
import { clip } from '../http/failure.ts';
import type { DataProblem } from './data-problem.ts';
import type { Ask, Exchange } from './exchange.ts';

/** Names of an hour: what is gone for longer is no completion. */
const SEEN_WITHIN_MS = 3_600_000;
const NAME_LENGTH_MAX = 1_000;
const HELP_LENGTH_MAX = 300;

type NamePath = Extract<Ask, { expression: null }>['path'];

/** What names a Prometheus-compatible API has, bounded here too: not each of them knows `limit`. */
export function createNames(exchange: Exchange, clock: Clock): QueryNames {
  const parameters = ({ selector, limit }: NameQuestion): Record<string, string> => {
    const now = clock.now();
    return {
      start: ((now - SEEN_WITHIN_MS) / 1000).toFixed(3),
      end: (now / 1000).toFixed(3),
      limit: String(limit + 1),
      ...(selector ? { 'match[]': selector } : {}),
    };
  };
  const list = (path: NamePath, question: NameQuestion) =>
    exchange.ask<NameList>(
      { path, expression: null, parameters: parameters(question) },
      (data) => readNames(data, question),
      question.signal ? { signal: question.signal } : undefined,
    );
  return {
    labelNames: (question) => list('labels', question),
    labelValues: async (label, question) =>
      /^[\w:.-]+$/.test(label) ? list(`label/${label}/values`, question) : ok({ names: [], complete: true }),
    async metrics(question) {
      const names = await list('label/__name__/values', question);
      if (!names.ok) return names;
      const about = await exchange.ask(
        { path: 'metadata', expression: null, parameters: {} },
        readMetadata,
        question.signal ? { signal: question.signal } : undefined,
      );
      // Some backends have no metadata: their metrics are known by name alone.
      const known = about.ok ? about.value : new Map<string, MetricAbout>();
      return ok({
        metrics: names.value.names.map((name) => known.get(name) ?? partOf(name, known)),
        complete: names.value.complete,
      });
    },
  };
}

function readNames(data: unknown, { contains, limit }: NameQuestion): Result<NameList, DataProblem> {
  if (!Array.isArray(data)) return shape('names that are not a list');
  const names: string[] = [];
  for (const name of data as unknown[]) {
    if (typeof name !== 'string') return shape('a name that is no text');
    if (name.length <= NAME_LENGTH_MAX && (!contains || name.includes(contains))) names.push(name);
  }
  names.sort();
  return ok({ names: names.slice(0, limit), complete: names.length <= limit && data.length <= limit });
}

const KINDS: Readonly<Record<string, MetricAbout['kind']>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'histogram',
  gaugehistogram: 'histogram',
  summary: 'summary',
};

function readMetadata(data: unknown): Result<Map<string, MetricAbout>, DataProblem> {
  if (typeof data !== 'object' || data === null) return shape('metadata that is not an object');
  const known = new Map<string, MetricAbout>();
  for (const [name, entries] of Object.entries(data)) {
    const first: unknown = Array.isArray(entries) ? entries[0] : undefined;
    if (typeof first !== 'object' || first === null) continue;
    const text = (key: string) => {
      const value: unknown = Object.entries(first).find(([own]) => own === key)?.[1];
      return typeof value === 'string' ? value : '';
    };
    const type = text('type');
    known.set(name, {
      name,
      kind: (Object.hasOwn(KINDS, type) ? KINDS[type] : undefined) ?? 'unknown',
      help: clip(text('help'), HELP_LENGTH_MAX),
      unit: clip(text('unit'), 40),
      from: 'source',
    });
  }
  return ok(known);
}

/** The series of a histogram or summary are known by the name without its ending. */
function partOf(name: string, known: ReadonlyMap<string, MetricAbout>): MetricAbout {
  const whole = known.get(name.replace(/_(?:bucket|count|sum|total)$/, ''));
  if (!whole) return { name, kind: 'unknown', help: '', unit: '', from: 'name' };
  const isCounted = /_(?:count|sum)$/.test(name) && whole.kind !== 'gauge';
  return { ...whole, name, kind: isCounted ? 'counter' : whole.kind };
}

function shape(what: string): { readonly ok: false; readonly error: DataProblem } {
  return err({ kind: 'shape', what: `it answered success with ${what}` });
}
