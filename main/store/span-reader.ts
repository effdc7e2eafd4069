import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Span, type StageSummary } from '../../shared/model/trace.ts';
import type { SpanFilter, SpanReaderApi } from './span-api.ts';
import { createFacets, createSpanSearch } from './span-search.ts';

const TRACE_SPANS_MAX = 5_000;
const RECENT_MAX = 1_000;
const STAGES_MAX = 200;

interface SpanRow {
  readonly trace: Buffer;
  readonly span: Buffer;
  readonly parent: Buffer | null;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly startAt: number;
  readonly durationMs: number;
  readonly status: string;
  readonly attributes: string;
}

interface StageRow {
  readonly service: string;
  readonly name: string;
  readonly durationMs: number;
  readonly failed: number;
}

const COLUMNS = `trace_id AS trace, span_id AS span, parent_id AS parent, service, name, kind, start_at AS startAt,
  duration_ms AS durationMs, status, attributes`;
/** A null stands for "any"; the newest first, as that is what is left when a limit cuts. */
const WHERE = 'start_at > @fromAt AND start_at <= @toAt AND (@name IS NULL OR name = @name)';

/**
 * Opens `traces.db` for reading, in this thread. The file may come later, or be replaced by a fresh one: both are noticed
 * at the next question. Until it is there, there are no spans.
 */
export function openSpanReader(path: string): SpanReaderApi & { closeSpans(): void } {
  let connection: { readonly inode: number; readonly open: Questions } | undefined;
  const current = (): Questions | undefined => {
    const inode = statSync(path, { throwIfNoEntry: false })?.ino;
    if (connection && connection.inode !== inode) {
      connection.open.db.close();
      connection = undefined;
    }
    if (!connection && inode !== undefined) connection = { inode, open: questionsOf(path) };
    return connection?.open;
  };
  return {
    spansOf(traceId) {
      if (!/^[0-9a-f]{32}$/.test(traceId)) return [];
      return (current()?.trace.all(Buffer.from(traceId, 'hex'), TRACE_SPANS_MAX) ?? []).map(spanOf);
    },
    recentSpans({ limit, ...filter }) {
      const rows = current()?.recent(filter, Math.min(limit, RECENT_MAX));
      return (rows ?? []).map(spanOf);
    },
    searchTraces: (question) => current()?.search(question) ?? { traces: [], more: false },
    traceFacets(fromAt, toAt) {
      const open = current();
      const none = { spans: 0, oldestAt: null, newestAt: null, modelVersions: [] };
      const stages = summarise(open?.stages({ fromAt, toAt }) ?? []);
      return { ...(open?.facets(fromAt, toAt) ?? none), stages };
    },
    spanStages: (filter) => summarise(current()?.stages(filter) ?? []),
    closeSpans: () => void connection?.open.db.close(),
  };
}

interface Questions {
  readonly db: Database.Database;
  readonly trace: Database.Statement<[Buffer, number], SpanRow>;
  recent(filter: SpanFilter, limit: number): SpanRow[];
  stages(filter: SpanFilter): StageRow[];
  readonly search: ReturnType<typeof createSpanSearch>;
  readonly facets: ReturnType<typeof createFacets>;
}

function questionsOf(path: string): Questions {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  const STAGE_COLUMNS = "service, name, duration_ms AS durationMs, status = 'error' AS failed";
  const statement = <Row>(columns: string, service: string, rest: string) =>
    db.prepare<[Record<string, string | number | null>], Row>(
      `SELECT ${columns} FROM span WHERE ${service} ${WHERE} ${rest}`,
    );
  const OF_SERVICE = 'service = @service AND';
  const NEWEST = 'ORDER BY start_at DESC LIMIT @limit';
  const recent = {
    all: statement<SpanRow>(COLUMNS, '', NEWEST),
    ofService: statement<SpanRow>(COLUMNS, OF_SERVICE, NEWEST),
  };
  const stages = {
    all: statement<StageRow>(STAGE_COLUMNS, '', ''),
    ofService: statement<StageRow>(STAGE_COLUMNS, OF_SERVICE, ''),
  };
  const values = ({ service, name, fromAt, toAt }: SpanFilter) => ({
    ...(service === undefined ? {} : { service }),
    name: name ?? null,
    fromAt,
    toAt,
  });
  const chosen = <T>({ all, ofService }: { all: T; ofService: T }, { service }: SpanFilter): T =>
    service === undefined ? all : ofService;
  return {
    db,
    trace: db.prepare(`SELECT ${COLUMNS} FROM span WHERE trace_id = ? ORDER BY start_at, id LIMIT ?`),
    recent: (filter, limit) => chosen(recent, filter).all({ ...values(filter), limit }),
    stages: (filter) => chosen(stages, filter).all(values(filter)),
    search: createSpanSearch(db),
    facets: createFacets(db),
  };
}

function spanOf(row: SpanRow): Span {
  return Span.parse({
    traceId: row.trace.toString('hex'),
    spanId: row.span.toString('hex'),
    parentSpanId: row.parent === null ? null : row.parent.toString('hex'),
    service: row.service,
    name: row.name,
    kind: row.kind,
    startAt: row.startAt,
    durationMs: row.durationMs,
    status: row.status,
    attributes: JSON.parse(row.attributes),
  });
}

function summarise(rows: readonly StageRow[]): StageSummary[] {
  const groups = new Map<string, { first: StageRow; durations: number[]; failed: number }>();
  for (const row of rows) {
    const key = JSON.stringify([row.service, row.name]);
    let group = groups.get(key);
    if (!group) {
      group = { first: row, durations: [], failed: 0 };
      groups.set(key, group);
    }
    group.durations.push(row.durationMs);
    group.failed += row.failed;
  }
  return [...groups.values()]
    .map(({ first, durations, failed }) => {
      const sorted = Float64Array.from(durations).sort();
      return {
        service: first.service,
        name: first.name,
        count: sorted.length,
        errorShare: failed / sorted.length,
        p50Ms: rank(sorted, 0.5),
        p95Ms: rank(sorted, 0.95),
        p99Ms: rank(sorted, 0.99),
        totalMs: sorted.reduce((sum, one) => sum + one, 0),
      };
    })
    .sort((a, b) => b.totalMs - a.totalMs)
    .slice(0, STAGES_MAX);
}

/** The smallest duration that at least this share of the spans did not exceed (nearest rank): always one that happened. */
function rank(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
