import type Database from 'better-sqlite3';
import { messageOf } from '../../shared/error/coded.ts';
import type { Span } from '../../shared/model/trace.ts';
import { DAY_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import type { Clock } from '../platform/index.ts';
import type { MetricWriterApi } from './metric-api.ts';
import { isDamage } from './metric-file.ts';
import type { SpanStoreLimits, SpanWriterApi } from './span-api.ts';
import { openSpanFile, replaceSpanFile } from './span-file.ts';

export const SPAN_STORE_LIMITS: SpanStoreLimits = {
  spansMax: 200_000,
  retentionMs: DAY_MS,
  bytesMax: 256 * 1024 * 1024,
};

/** A clock that runs ahead by more would put spans at the top of every list for hours. */
const AHEAD_MAX_MS = 10 * MINUTE_MS;
/** Rows dropped in one call, so that no samples wait long behind it. */
const DROPPED_MAX = 20_000;
/** What a row costs beside its texts: columns and three indexes. */
const ROW_BYTES = 160;

interface OpenStore {
  readonly db: Database.Database;
  readonly notice: string | null;
  readonly add: (spans: readonly Span[], now: number) => { added: number; duplicates: number };
  readonly dropBefore: (at: number) => number;
  readonly totals: { spans: number; bytes: number };
}

export type SpanWriter = SpanWriterApi & { closeSpans(): void };

/**
 * Opens the writer; the file is opened with the first spans, so that what is wrong with it keeps no samples from being
 * written.
 */
export function openSpanWriter(path: string, limits: SpanStoreLimits, clock: Pick<Clock, 'now'>): SpanWriter {
  let store: OpenStore | undefined;
  let refused = 0;
  const current = (): OpenStore => {
    store ??= prepared(openSpanFile(path, clock.now()), limits);
    return store;
  };
  const guarded = <T>(work: (open: OpenStore) => T): T => {
    const open = current();
    try {
      return work(open);
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown;
      open.db.close();
      store = prepared(replaceSpanFile(path, clock.now(), messageOf(thrown)), limits);
      return work(store);
    }
  };
  return {
    addSpans(spans) {
      const now = clock.now();
      const inside = spans.filter(
        ({ startAt }) => startAt > now - limits.retentionMs && startAt <= now + AHEAD_MAX_MS,
      );
      const outsideTime = spans.length - inside.length;
      refused += outsideTime;
      if (inside.length === 0) return { added: 0, duplicates: 0, outsideTime };
      return { ...guarded((open) => open.add(inside, now)), outsideTime };
    },
    retainSpans(now) {
      if (!store) return { dropped: 0, more: false };
      const dropped = guarded((open) => open.dropBefore(now - limits.retentionMs));
      return { dropped, more: dropped === DROPPED_MAX };
    },
    spanStats: () => ({
      spans: store?.totals.spans ?? 0,
      bytes: store?.totals.bytes ?? 0,
      bytesMax: limits.bytesMax,
      outsideTime: refused,
      notice: store?.notice ?? null,
    }),
    closeSpans: () => void store?.db.close(),
  };
}

/** Both writers in one thread: one retention call and one close for both. */
export function withSpans(metrics: MetricWriterApi, spans: SpanWriter): MetricWriterApi & SpanWriterApi {
  const { closeSpans, ...api } = spans;
  return {
    ...metrics,
    ...api,
    compact(now) {
      const kept = api.retainSpans(now);
      const packed = metrics.compact(now);
      return { ...packed, more: packed.more || kept.more };
    },
    close() {
      closeSpans();
      metrics.close();
    },
  };
}

function prepared(
  { db, notice }: { readonly db: Database.Database; readonly notice: string | null },
  limits: SpanStoreLimits,
): OpenStore {
  const totals = db
    .prepare<[], { spans: number; bytes: number }>(
      'SELECT count(*) AS spans, coalesce(sum(bytes), 0) AS bytes FROM span',
    )
    .get() ?? { spans: 0, bytes: 0 };
  const insert = db.prepare(
    `INSERT INTO span (trace_id, span_id, parent_id, service, name, kind, start_at, duration_ms, status, attributes, bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (trace_id, span_id) DO NOTHING`,
  );
  const oldest = db
    .prepare<[number, number], number>(
      'DELETE FROM span WHERE id IN (SELECT id FROM span WHERE start_at <= ? ORDER BY start_at LIMIT ?) RETURNING bytes',
    )
    .pluck();
  const first = db
    .prepare<[number], number>(
      'DELETE FROM span WHERE id IN (SELECT id FROM span ORDER BY id LIMIT ?) RETURNING bytes',
    )
    .pluck();
  const count = (bytes: readonly number[]): number => {
    totals.spans -= bytes.length;
    totals.bytes -= bytes.reduce((sum, one) => sum + one, 0);
    return bytes.length;
  };
  const insertAll = (spans: readonly Span[]): number => {
    let added = 0;
    for (const span of spans) {
      const attributes = JSON.stringify(span.attributes);
      const bytes = ROW_BYTES + 2 * (span.service.length + span.name.length) + attributes.length;
      const { changes } = insert.run(...valuesOf(span), attributes, bytes);
      added += changes;
      totals.spans += changes;
      totals.bytes += changes * bytes;
    }
    // Who sent first goes first: a sender's own times must not decide what stays.
    while (totals.spans > limits.spansMax) count(first.all(totals.spans - limits.spansMax));
    while (totals.bytes > limits.bytesMax && totals.spans > 0) count(first.all(Math.ceil(totals.spans / 20)));
    return added;
  };
  const transaction = db.transaction(insertAll).immediate;
  return {
    db,
    notice,
    totals,
    add(spans) {
      const before = { ...totals };
      try {
        const added = transaction(spans);
        return { added, duplicates: spans.length - added };
      } catch (thrown) {
        // What was rolled back is not there.
        Object.assign(totals, before);
        throw thrown;
      }
    },
    dropBefore: (at) => count(oldest.all(at, DROPPED_MAX)),
  };
}

function valuesOf(span: Span) {
  return [
    Buffer.from(span.traceId, 'hex'),
    Buffer.from(span.spanId, 'hex'),
    span.parentSpanId === null ? null : Buffer.from(span.parentSpanId, 'hex'),
    span.service,
    span.name,
    span.kind,
    span.startAt,
    span.durationMs,
    span.status,
  ];
}
