import type Database from 'better-sqlite3';
import { type NewTimelineEntry, TimelineEntry } from '../../../shared/model/incident.ts';
import { sha256 } from '../../platform/index.ts';
import type { OnUnreadable } from './row.ts';

/** What stands before the first entry of a chain. */
export const CHAIN_START = '0'.repeat(64);

/** The hash covers each field and the hash before it, as a JSON array, so that no two entries can be read as one. */
export function entryHash(entry: Omit<TimelineEntry, 'hash'>): string {
  const { incidentId, seq, at, kind, actor, title, detail, previousHash } = entry;
  return sha256(JSON.stringify([incidentId, seq, at, kind, actor, title, detail, previousHash]));
}

/** Where a chain ends: the last number and its hash. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** Numbers and chains new entries. Lone surrogates are replaced first: SQLite cannot keep them and the hash would not fit. */
export function chain(
  incidentId: string,
  head: ChainHead,
  entries: readonly NewTimelineEntry[],
): TimelineEntry[] {
  let { seq, hash } = head;
  return entries.map((entry) => {
    seq += 1;
    const unhashed = {
      incidentId,
      seq,
      at: Math.round(entry.at),
      kind: entry.kind,
      actor: entry.actor.toWellFormed(),
      title: entry.title.toWellFormed(),
      detail: entry.detail.toWellFormed(),
      previousHash: hash,
    };
    hash = entryHash(unhashed);
    return { ...unhashed, hash };
  });
}

/** The number of the first entry that does not fit its predecessor, its number or its hash; null where all fit up to the head. */
export function firstBroken(
  incidentId: string,
  entries: readonly TimelineEntry[],
  head: ChainHead,
): number | null {
  let previousHash = CHAIN_START;
  let seq = 0;
  for (const entry of entries) {
    seq += 1;
    const fits =
      entry.incidentId === incidentId &&
      entry.seq === seq &&
      entry.previousHash === previousHash &&
      entry.hash === entryHash(entry);
    if (!fits) return seq;
    previousHash = entry.hash;
  }
  if (seq !== head.seq) return Math.min(seq, head.seq) + 1;
  return previousHash === head.hash ? null : seq;
}

const COLUMNS = `incident_id AS incidentId, seq, at, kind, actor, title, detail, previous_hash AS previousHash, hash`;

export function timelineTable(db: Database.Database, onUnreadable: OnUnreadable) {
  const insert = db.prepare(
    `INSERT INTO timeline (incident_id, seq, at, kind, actor, title, detail, previous_hash, hash)
     VALUES (@incidentId, @seq, @at, @kind, @actor, @title, @detail, @previousHash, @hash)`,
  );
  const after = db.prepare(`SELECT ${COLUMNS} FROM timeline WHERE incident_id = ? AND seq > ? ORDER BY seq`);
  return {
    append(entries: readonly TimelineEntry[]): void {
      for (const entry of entries) insert.run(entry);
    },
    after(incidentId: string, seq: number): TimelineEntry[] {
      return after.all(incidentId, seq).flatMap((row) => {
        const parsed = TimelineEntry.safeParse(row);
        if (parsed.success) return [parsed.data];
        onUnreadable('timeline', incidentId, parsed.error.message);
        return [];
      });
    },
  };
}
