import type { HealthHistory, HealthReport, MetricStorage } from '../../shared/model/health.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import { causesText, type Unwatched, type WatchRecord } from '../../shared/model/watch.ts';
import { DAY_MS, formatDuration, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';
import { createLoadedStore, createLoader, type LoadedStore } from './loaded.ts';
import type { Requests } from './request.ts';

/** The watch ledger over one span of time. */
export interface LedgerAnswer {
  readonly fromAt: number;
  readonly toAt: number;
  readonly records: readonly WatchRecord[];
}

export type LedgerRange = 'hour' | 'day' | 'week';
export const LEDGER_RANGES: readonly {
  readonly range: LedgerRange;
  readonly label: string;
  readonly ms: number;
}[] = [
  { range: 'hour', label: '1 h', ms: HOUR_MS },
  { range: 'day', label: '24 h', ms: DAY_MS },
  { range: 'week', label: '7 d', ms: 7 * DAY_MS },
];

export type HistoryRange = 'hour' | 'day';
export const HISTORY_RANGES = LEDGER_RANGES.filter(
  (one): one is (typeof LEDGER_RANGES)[number] & { range: HistoryRange } => one.range !== 'week',
);

/** What the Health screen asks for while somebody looks at it. */
export interface HealthDomain {
  readonly report: LoadedStore<HealthReport>;
  readonly ledger: LoadedStore<LedgerAnswer>;
  readonly history: LoadedStore<HealthHistory>;
  loadReport(): Promise<void>;
  loadHistory(range: HistoryRange, now: number): Promise<void>;
  loadLedger(range: LedgerRange, now: number): Promise<void>;
}

/** The one key of the report. */
export const REPORT = 'report';

export function createHealthDomain(requests: Requests): HealthDomain {
  const report = createLoadedStore<HealthReport>();
  const ledger = createLoadedStore<LedgerAnswer>();
  const history = createLoadedStore<HealthHistory>();
  const loadReportOf = createLoader(report);
  const loadLedgerOf = createLoader(ledger);
  const loadHistoryOf = createLoader(history);
  return {
    report,
    ledger,
    history,
    loadHistory: (range, now) =>
      loadHistoryOf(range, () =>
        requests.quiet((api) => {
          const toAt = Math.round(now);
          const spanMs = HISTORY_RANGES.find((one) => one.range === range)?.ms ?? DAY_MS;
          return api.health.history({ fromAt: toAt - spanMs, toAt, points: 240 });
        }),
      ),
    loadReport: () => loadReportOf(REPORT, () => requests.quiet((api) => api.health.report())),
    loadLedger: (range, now) =>
      loadLedgerOf(range, () =>
        requests.quiet(async (api) => {
          const toAt = Math.round(now);
          const fromAt = toAt - (LEDGER_RANGES.find((one) => one.range === range)?.ms ?? DAY_MS);
          return { fromAt, toAt, records: await api.source.watched({ fromAt, toAt }) };
        }),
      ),
  };
}

/** One unwatched span as the strip draws it: its place as fractions of the strip, and its words. */
export interface StripGap {
  readonly fromAt: number;
  readonly toAt: number;
  readonly left: number;
  readonly width: number;
  readonly cause: string;
  readonly length: string;
  /** What became of it: backfilled, or not. */
  readonly after: string;
}

/** One source on the strip. */
export interface StripRow {
  readonly sourceId: string;
  readonly gaps: readonly StripGap[];
  /** Fraction of the recorded time in which it was watched; null where nothing is recorded. */
  readonly watched: number | null;
  /** Where the record begins inside the span: how long it is then; null where it covers all of the span. */
  readonly recordedMs: number | null;
  readonly configured: boolean;
}

/** Rows in the order of the sources; what is recorded of sources that are gone comes last. */
export function stripRows(answer: LedgerAnswer, sources: readonly Pick<SourceStatus, 'id'>[]): StripRow[] {
  const byId = new Map(answer.records.map((one) => [one.sourceId, one]));
  const configured = new Set(sources.map((one) => one.id));
  const ids = [...configured, ...[...byId.keys()].filter((id) => !configured.has(id)).sort()];
  return ids.map((sourceId) => {
    const record = byId.get(sourceId) ?? unrecorded(sourceId, answer);
    return {
      sourceId,
      configured: configured.has(sourceId),
      watched: watchedShare(record, answer),
      recordedMs:
        record.recordedSinceAt !== null && record.recordedSinceAt > answer.fromAt
          ? answer.toAt - record.recordedSinceAt
          : null,
      gaps: record.unwatched.map((gap) => stripGap(gap, answer)),
    };
  });
}

function unrecorded(sourceId: string, { fromAt, toAt }: LedgerAnswer): WatchRecord {
  return {
    sourceId,
    recordedSinceAt: null,
    unwatched: [{ fromAt, toAt, causes: ['unrecorded'], filledAt: null }],
  };
}

/** Of the time since anything is recorded: what lies before says nothing of how well it is watched. */
function watchedShare(record: WatchRecord, { fromAt, toAt }: LedgerAnswer): number | null {
  if (record.recordedSinceAt === null) return null;
  const since = Math.max(fromAt, record.recordedSinceAt);
  if (since >= toAt) return null;
  const lost = record.unwatched.reduce(
    (sum, gap) => sum + Math.max(0, gap.toAt - Math.max(gap.fromAt, since)),
    0,
  );
  return 1 - lost / (toAt - since);
}

function stripGap(gap: Unwatched, { fromAt, toAt }: LedgerAnswer): StripGap {
  const span = toAt - fromAt;
  return {
    fromAt: gap.fromAt,
    toAt: gap.toAt,
    left: (gap.fromAt - fromAt) / span,
    width: (gap.toAt - gap.fromAt) / span,
    cause: causesText(gap.causes) || 'no reason is recorded',
    length: formatDuration(Math.max(SECOND_MS, Math.round((gap.toAt - gap.fromAt) / SECOND_MS) * SECOND_MS)),
    after: afterText(gap),
  };
}

function afterText({ causes, filledAt, found }: Unwatched): string {
  if (causes.includes('unrecorded')) return '';
  if (filledAt === null) return 'not backfilled';
  return found && found.length > 0 ? `backfilled; ${found.join(' ')}` : 'backfilled; nothing held in it';
}

/** When the store is full, in words; also where that is not known, or never. */
export function fullText({ fullAt, measuredOverMs, bytes, bytesMax }: MetricStorage, now: number): string {
  if (bytes >= bytesMax) return 'full: the oldest gives way';
  if (fullAt !== null)
    return fullAt - now < DAY_MS ? 'within a day' : new Date(fullAt).toISOString().slice(0, 10);
  return measuredOverMs < HOUR_MS
    ? `not known yet: measured for ${formatDuration(Math.max(0, Math.floor(measuredOverMs / MINUTE_MS) * MINUTE_MS))} of 1 h`
    : 'never at this rate: what ages makes room';
}

/** The slowest 95th percentile from receipt to decision, and whose it is; null before any decision. */
export function slowestDecision(sources: readonly SourceStatus[]) {
  const measured = sources.flatMap(({ id, decisionDelay }) =>
    decisionDelay ? [{ id, ...decisionDelay }] : [],
  );
  return measured.sort((a, b) => b.p95Ms - a.p95Ms)[0] ?? null;
}
