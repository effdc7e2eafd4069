import type Database from 'better-sqlite3';
import { messageOf } from '../../../shared/error/coded.ts';
import { EvidenceChart } from '../../../shared/model/incident.ts';
import { Labels } from '../../../shared/model/metric.ts';
import type { Unwatched } from '../../../shared/model/watch.ts';
import type { EvidenceSeries, EvidenceWrite } from '../log-api.ts';
import { type OnUnreadable, readBodies, readBody } from './row.ts';
import { packSamples, type Samples, unpackSamples } from './sample-blob.ts';

interface ChunkRow {
  readonly seriesId: number;
  readonly labels: string;
  readonly samples: Uint8Array | null;
}

/** The samples after an instant. */
function samplesAfter(series: Samples, at: number): Samples {
  const first = series.times.findIndex((time) => time > at);
  const from = first === -1 ? series.times.length : first;
  return { times: series.times.subarray(from), values: series.values.subarray(from) };
}

/** The same labels are the same key, whatever their order. */
function labelsKey(labels: Labels): string {
  return JSON.stringify(Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));
}

function joined(parts: readonly Samples[]): Samples {
  const length = parts.reduce((sum, part) => sum + part.times.length, 0);
  const times = new Float64Array(length);
  const values = new Float64Array(length);
  let offset = 0;
  for (const part of parts) {
    times.set(part.times, offset);
    values.set(part.values, offset);
    offset += part.times.length;
  }
  return { times, values };
}

export function evidenceTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const upsert = db.prepare(
    `INSERT INTO evidence (id, incident_id, position, to_at, missing, body)
     VALUES (@id, @incidentId, (SELECT COUNT(*) FROM evidence WHERE incident_id = @incidentId), @toAt, @missing, @body)
     ON CONFLICT (id) DO UPDATE SET to_at = excluded.to_at, missing = excluded.missing, body = excluded.body
     WHERE evidence.missing IS NOT NULL`,
  );
  const update = db.prepare('UPDATE evidence SET to_at = ?, body = ? WHERE id = ?');
  const charts = db.prepare('SELECT id, body FROM evidence WHERE incident_id = ? ORDER BY position');
  const chart = db.prepare('SELECT id, body FROM evidence WHERE id = ?');
  const addSeries = db.prepare('INSERT OR IGNORE INTO evidence_series (evidence_id, labels) VALUES (?, ?)');
  const seriesId = db.prepare('SELECT id FROM evidence_series WHERE evidence_id = ? AND labels = ?').pluck();
  const keptUntil = db.prepare('SELECT MAX(to_at) FROM evidence_chunk WHERE series_id = ?').pluck();
  const addChunk = db.prepare(
    'INSERT INTO evidence_chunk (series_id, from_at, to_at, samples) VALUES (?, ?, ?, ?)',
  );
  const chunks = db.prepare(
    `SELECT s.id AS seriesId, s.labels, c.samples FROM evidence_series s
     LEFT JOIN evidence_chunk c ON c.series_id = s.id WHERE s.evidence_id = ? ORDER BY s.id, c.from_at`,
  );

  const keep = (evidenceId: string, series: EvidenceSeries) => {
    const key = labelsKey(series.labels);
    addSeries.run(evidenceId, key);
    const id = seriesId.get(evidenceId, key) as number;
    const fresh = samplesAfter(series, (keptUntil.get(id) as number | null) ?? Number.NEGATIVE_INFINITY);
    const firstAt = fresh.times[0];
    const lastAt = fresh.times.at(-1);
    if (firstAt === undefined || lastAt === undefined) return;
    addChunk.run(id, Math.round(firstAt), Math.round(lastAt), packSamples(fresh));
  };

  const chartOf = (evidenceId: string): EvidenceChart | undefined => {
    const row = chart.get(evidenceId) as { id: string; body: string } | undefined;
    return row && readBody(EvidenceChart, row, 'evidence', onUnreadable);
  };

  return {
    /** A chart that is kept already stays as it is; one that was missing is filled. */
    add(write: EvidenceWrite): void {
      const { id, incidentId, toAt, missing } = write.chart;
      const { changes } = upsert.run({ id, incidentId, toAt, missing, body: JSON.stringify(write.chart) });
      if (changes > 0) for (const series of write.series) keep(id, series);
    },
    charts: (incidentId: string): EvidenceChart[] =>
      readBodies(
        EvidenceChart,
        charts.all(incidentId) as { id: string; body: string }[],
        'evidence',
        onUnreadable,
      ),
    chart: chartOf,
    extend(
      evidenceId: string,
      toAt: number,
      series: readonly EvidenceSeries[],
      unwatched?: readonly Unwatched[],
    ): void {
      const kept = chartOf(evidenceId);
      if (!kept) return;
      for (const one of series) keep(evidenceId, one);
      const end = Math.max(kept.toAt, toAt);
      update.run(end, JSON.stringify({ ...kept, toAt: end, ...(unwatched && { unwatched }) }), evidenceId);
    },
    series: (evidenceId: string) =>
      readSeries(chunks.all(evidenceId) as ChunkRow[], evidenceId, onUnreadable),
  };
}

function readSeries(
  rows: readonly ChunkRow[],
  evidenceId: string,
  onUnreadable: OnUnreadable,
): EvidenceSeries[] {
  const bySeries = new Map<number, { labels: Labels; parts: Samples[] }>();
  for (const row of rows) {
    try {
      const known = bySeries.get(row.seriesId) ?? { labels: Labels.parse(JSON.parse(row.labels)), parts: [] };
      bySeries.set(row.seriesId, known);
      if (row.samples) known.parts.push(unpackSamples(row.samples));
    } catch (thrown) {
      onUnreadable('evidence_chunk', evidenceId, messageOf(thrown));
    }
  }
  return [...bySeries.values()].map(({ labels, parts }) => ({ labels, ...joined(parts) }));
}
