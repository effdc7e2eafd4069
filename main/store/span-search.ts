import type Database from 'better-sqlite3';
import type { TraceFacets, TraceSummary } from '../../shared/model/trace.ts';
import type { TraceFilter } from './span-api.ts';
import { conditionOf, termsOf } from './span-term.ts';

const VERSIONS_MAX = 200;

interface SummaryRow {
  readonly service: string;
  readonly name: string;
  readonly parent: Buffer | null;
  readonly startAt: number;
  readonly durationMs: number;
  readonly failed: number;
  readonly requestId: string | number | null;
  readonly modelVersion: string | number | null;
}

const SUMMARY = `SELECT service, name, parent_id AS parent, start_at AS startAt, duration_ms AS durationMs,
  status = 'error' AS failed, json_extract(attributes, '$.request_id') AS requestId,
  json_extract(attributes, '$.model_version') AS modelVersion
  FROM span WHERE trace_id = ? ORDER BY start_at, id`;

/** Finds traces by their spans. One pass over the index of starts, which ends when the page is full. */
export function createSpanSearch(db: Database.Database) {
  const summary = db.prepare<[Buffer], SummaryRow>(SUMMARY);
  return (question: TraceFilter & { readonly skip: number; readonly limit: number }) => {
    const { sql, values } = matching(question);
    const found = new Map<string, Buffer>();
    const wanted = question.skip + question.limit;
    const rows = db.prepare<(string | number)[], { trace: Buffer }>(sql).iterate(...values);
    for (const { trace } of rows) {
      found.set(trace.toString('hex'), trace);
      if (found.size > wanted) break;
    }
    const page = [...found].slice(question.skip, wanted);
    return {
      traces: page.map(([traceId, trace]) => summaryOf(traceId, summary.all(trace))),
      more: found.size > wanted,
    };
  };
}

function matching(question: TraceFilter): { sql: string; values: (string | number)[] } {
  const conditions: string[] = ['start_at > ?', 'start_at <= ?'];
  const values: (string | number)[] = [question.fromAt, question.toAt];
  const add = (sql: string, ...bound: readonly (string | number)[]) => {
    conditions.push(`(${sql})`);
    values.push(...bound);
  };
  if (question.service !== undefined) add('service = ?', question.service);
  if (question.name !== undefined) add('name = ?', question.name);
  if (question.failed) add("status = 'error'");
  if (question.durationMs !== undefined) add('duration_ms >= ?', question.durationMs);
  if (question.modelVersion !== undefined)
    add("CAST(json_extract(attributes, '$.model_version') AS TEXT) = ?", question.modelVersion);
  for (const term of termsOf(question.text)) {
    const condition = conditionOf(term);
    add(condition.sql, ...condition.values);
  }
  return {
    sql: `SELECT trace_id AS trace FROM span WHERE ${conditions.join(' AND ')} ORDER BY start_at DESC, id DESC`,
    values,
  };
}

function summaryOf(traceId: string, rows: readonly SummaryRow[]): TraceSummary {
  const root = rows.find((row) => row.parent === null);
  const [first] = rows;
  const named = root ?? first;
  const startAt = first?.startAt ?? 0;
  const endAt = rows.reduce((last, row) => Math.max(last, row.startAt + row.durationMs), startAt);
  const textOf = (key: 'requestId' | 'modelVersion') => {
    const value = rows.find((row) => row[key] !== null)?.[key] ?? null;
    return value === null ? null : String(value);
  };
  return {
    traceId,
    service: named?.service ?? '',
    name: named?.name ?? '',
    hasRoot: root !== undefined,
    startAt,
    durationMs: endAt - startAt,
    spans: rows.length,
    failed: rows.reduce((sum, row) => sum + row.failed, 0),
    services: new Set(rows.map((row) => row.service)).size,
    requestId: textOf('requestId'),
    modelVersion: textOf('modelVersion'),
  };
}

/** What the spans of a time can be told apart by, but for their stages. */
export function createFacets(db: Database.Database) {
  const ends = db.prepare<[], { oldestAt: number | null; newestAt: number | null }>(
    'SELECT min(start_at) AS oldestAt, max(start_at) AS newestAt FROM span',
  );
  const count = db
    .prepare<[number, number], number>('SELECT count(*) FROM span WHERE start_at > ? AND start_at <= ?')
    .pluck();
  const versions = db
    .prepare<[number, number, number], string>(
      `SELECT DISTINCT CAST(json_extract(attributes, '$.model_version') AS TEXT) AS version FROM span
       WHERE start_at > ? AND start_at <= ? AND version IS NOT NULL ORDER BY version LIMIT ?`,
    )
    .pluck();
  return (fromAt: number, toAt: number): Omit<TraceFacets, 'stages'> => ({
    spans: count.get(fromAt, toAt) ?? 0,
    oldestAt: ends.get()?.oldestAt ?? null,
    newestAt: ends.get()?.newestAt ?? null,
    modelVersions: versions.all(fromAt, toAt, VERSIONS_MAX),
  });
}
