import { useMemo } from 'react';
import type { Incident } from '../../shared/model/incident.ts';
import type { Series } from '../../shared/model/metric.ts';
import type { ObjectiveStatus, PolicyRow } from '../../shared/model/objective.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import { isWatching, type SourceStatus } from '../../shared/model/source.ts';
import { joinUnwatched, type Unwatched } from '../../shared/model/watch.ts';
import { HOUR_MS, MINUTE_MS, parseDuration } from '../../shared/unit/time.ts';
import type { Connection } from '../transport/connection.ts';
import { upstreamOf } from './cause.ts';
import { burnText, leadingRow, thresholdText, windowName } from './fact.ts';
import { incidentView } from './incident-view.ts';
import { type BurnHistory, chartSpan } from './objective.ts';
import { type ViewSpan, viewSpans } from './unwatched.ts';
import { useCollection, useCore, useLine, useLoaded, useNowEvery, useRefresh } from './use-core.tsx';

export interface ViewLine {
  readonly label: string;
  readonly colour: string;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly fill?: boolean;
}
export interface ViewMark {
  readonly at: number;
  readonly kind: 'deploy' | 'change' | 'event';
  readonly label: string;
}

/** The two windows of a row, the short one (which reacts first) shaded past the threshold. */
export function burnLines(series: readonly Series[], row: PolicyRow | null): ViewLine[] {
  const wanted = row ? [row.shortMs, row.longMs] : [];
  const of = (windowMs: number) => series.find((one) => windowMsOf(one) === windowMs);
  const chosen = row ? wanted.map(of) : series.slice(0, 2);
  return chosen.flatMap((one, index): ViewLine[] =>
    one
      ? [
          {
            label: windowName(windowMsOf(one) ?? 0),
            colour: index === 0 ? 'chart-2' : 'chart-1',
            times: one.times,
            values: one.values,
            fill: index === 0,
          },
        ]
      : [],
  );
}

function windowMsOf(series: Series): number | undefined {
  const text = series.labels.window ?? '';
  return parseDuration(text) ?? (Number.isFinite(Number(text)) && text !== '' ? Number(text) : undefined);
}

/** Deployments near an incident, and its own page and end. */
export function marksOf(
  incident: Incident,
  changes: Iterable<ChangeEvent>,
  near: ReadonlySet<string>,
): ViewMark[] {
  const marks: ViewMark[] = [...changes]
    .filter((one) => near.has(one.service))
    .map((one) => ({ at: one.at, kind: 'deploy', label: one.to ?? one.what }));
  marks.push({ at: incident.openedAt, kind: 'event', label: 'page' });
  if (incident.recoveredAt !== null)
    marks.push({ at: incident.recoveredAt, kind: 'event', label: 'recovered' });
  return marks;
}

/** The time up to now in which a source was not watched, as far as this window knows: newer than any answer. */
export function unwatchedSpans(
  source: SourceStatus | undefined,
  connection: Connection,
  now: number,
): Unwatched[] {
  const starts: number[] = [];
  if (source && !isWatching(source.condition) && source.condition !== 'starting')
    starts.push(source.lastOkAt ?? source.sinceAt);
  if (connection.kind === 'stale' || connection.kind === 'offline') starts.push(connection.sinceAt);
  if (starts.length === 0) return [];
  const fromAt = Math.min(...starts);
  return now - fromAt < 2_000 ? [] : [{ fromAt, toAt: now, causes: ['failing'], filledAt: null }];
}

export interface BurnView {
  readonly history: BurnHistory | null;
  readonly loading: boolean;
  readonly problem: string | null;
  readonly lines: readonly ViewLine[];
  readonly threshold: { readonly value: number; readonly label: string } | null;
  readonly spans: readonly ViewSpan[];
  /** The part that is shown at first. */
  readonly view: { readonly fromAt: number; readonly toAt: number };
}

const REFRESH_MS = 5_000;
const BEFORE_MS = 30 * MINUTE_MS;

/** The burn chart of an objective around an incident: from half an hour before what is shown at first to now, or to half an hour after. */
export function useBurnView(objective: ObjectiveStatus, incident: Incident): BurnView {
  const core = useCore();
  const now = useNowEvery(REFRESH_MS);
  const endedAt = incident.closedAt ?? incident.resolvedAt;
  const view = useMemo(() => incidentView(incident, now), [incident, now]);
  const toAt = endedAt === null ? now : Math.max(view.toAt, Math.min(now, endedAt + BEFORE_MS));
  const fromAt = Math.max(view.fromAt - BEFORE_MS, toAt - 24 * HOUR_MS);
  const key = `${incident.id}:${objective.objective.id}`;
  useRefresh(key, endedAt === null ? REFRESH_MS : 0, () => {
    const at = endedAt === null ? core.clock.getState().nowAt : toAt;
    void core.objective.loadBurn(key, objective.objective.id, chartSpan(fromAt, at));
  });
  const loaded = useLoaded(core.objective.burn, key);
  const source = useCollection('sources').byId.get(objective.objective.source);
  const connection = useLine((state) => state.connection);
  const row = leadingRow(objective);
  return useMemo(
    () => ({
      history: loaded.value,
      loading: loaded.loading,
      problem: loaded.failure?.text ?? null,
      lines: loaded.value ? burnLines(loaded.value.series, row) : [],
      threshold: row ? { value: row.threshold, label: `${row.name} ${thresholdText(row.threshold)}` } : null,
      spans: viewSpans(
        joinUnwatched([
          loaded.value?.unwatched ?? [],
          endedAt === null ? unwatchedSpans(source, connection, now) : [],
        ]),
      ),
      view: { fromAt: Math.max(fromAt, view.fromAt), toAt: view.toAt },
    }),
    [loaded, row, view, fromAt, source, connection, now, endedAt],
  );
}

/** What a chart of the burn rate shows, wherever it stands. */
export function burnChart(
  { objective }: ObjectiveStatus,
  { view, lines, threshold, spans }: BurnView,
  { stepMs, fromAt, toAt }: BurnHistory,
) {
  return {
    title: 'Burn rate',
    unit: `×, ${objective.title}`,
    suffix: '×',
    format: burnText,
    view,
    lines,
    stepMs,
    fromAt,
    toAt,
    threshold,
    spans,
  };
}

/** The marks of an incident's charts. */
export function useMarks(incident: Incident): readonly ViewMark[] {
  const changes = useCollection('changes').byId;
  const services = useCollection('services').byId;
  return useMemo(
    () => marksOf(incident, changes.values(), upstreamOf([incident.service, ...incident.services], services)),
    [incident, changes, services],
  );
}
