import type Database from 'better-sqlite3';
import { Incident } from '../../../shared/model/incident.ts';
import { type OnUnreadable, readBody } from './row.ts';
import { CHAIN_START, type ChainHead } from './timeline.ts';

interface IncidentRow {
  readonly id: string;
  readonly revision: number;
  readonly timelineSeq: number;
  readonly timelineHash: string;
  readonly evidenceCount: number;
  readonly body: string;
}

/** What a change needs to know of the stored incident. */
export interface IncidentHead extends ChainHead {
  readonly revision: number;
}

const SELECT = `SELECT id, revision, timeline_seq AS timelineSeq, timeline_hash AS timelineHash, body,
  (SELECT COUNT(*) FROM evidence WHERE incident_id = incident.id) AS evidenceCount FROM incident`;

/** For people: INC-0001; wider once there are more than 9,999. */
export function incidentName(number: number): string {
  return `INC-${String(number).padStart(4, '0')}`;
}

export function incidentTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const byId = db.prepare(`${SELECT} WHERE id = ?`);
  const all = db.prepare(`${SELECT} ORDER BY number`);
  const openOfGroup = db
    .prepare(
      `SELECT id FROM incident WHERE group_key = ? AND phase NOT IN ('closed', 'merged', 'cancelled') LIMIT 1`,
    )
    .pluck();
  const nextNumber = db.prepare('SELECT COALESCE(MAX(number), 0) + 1 FROM incident').pluck();
  const insert = db.prepare(
    `INSERT INTO incident (id, number, phase, group_key, revision, opened_at, timeline_seq, timeline_hash, body)
     VALUES (@id, @number, @phase, @groupKey, @revision, @openedAt, 0, '${CHAIN_START}', @body)`,
  );
  const update = db.prepare(
    `UPDATE incident SET phase = @phase, group_key = @groupKey, revision = @revision, timeline_seq = @seq,
     timeline_hash = @hash, body = @body WHERE id = @id`,
  );
  const advance = db.prepare('UPDATE incident SET timeline_seq = ?, timeline_hash = ? WHERE id = ?');
  const release = db.prepare('UPDATE incident SET group_key = NULL WHERE id = ?');
  const parse = (row: IncidentRow): Incident | undefined => {
    const incident = readBody(Incident, row, 'incident', onUnreadable);
    // Counted where they live, so that they cannot disagree with the rows.
    return incident && { ...incident, timelineSeq: row.timelineSeq, evidenceCount: row.evidenceCount };
  };
  return {
    load: (): Incident[] => (all.all() as IncidentRow[]).flatMap((row) => parse(row) ?? []),
    get(id: string): Incident | undefined {
      const row = byId.get(id) as IncidentRow | undefined;
      return row && parse(row);
    },
    head(id: string): IncidentHead | undefined {
      const row = byId.get(id) as IncidentRow | undefined;
      return row && { revision: row.revision, seq: row.timelineSeq, hash: row.timelineHash };
    },
    openOfGroup: (groupKey: string) => openOfGroup.get(groupKey) as string | undefined,
    /** Its group may have another open incident; nothing else of the row is touched. */
    releaseGroup: (id: string): void => void release.run(id),
    nextNumber: () => nextNumber.get() as number,
    insert(incident: Incident, number: number): void {
      const { id, phase, groupKey, revision, openedAt } = incident;
      insert.run({ id, number, phase, groupKey, revision, openedAt, body: JSON.stringify(incident) });
    },
    /** The timeline has grown and nothing else has changed; works also where the incident itself cannot be read. */
    advance(id: string, head: ChainHead): void {
      advance.run(head.seq, head.hash, id);
    },
    update(incident: Incident, head: ChainHead): void {
      const { id, phase, groupKey, revision } = incident;
      update.run({
        id,
        phase,
        groupKey,
        revision,
        seq: head.seq,
        hash: head.hash,
        body: JSON.stringify(incident),
      });
    },
  };
}
