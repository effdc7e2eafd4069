import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLog, openReplayShelf, readPast } from '../../../main/store/index.ts';
import type { ReplayRecord } from '../../../shared/model/replay.ts';
import { incidentDraft, NOW } from '../../support/incident.ts';

let folder: string;
let path: string;
const problems: string[] = [];
const onUnreadable = (table: string, id: string) => void problems.push(`${table} ${id}`);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-shelf-'));
  path = join(folder, 'midwatch.db');
  problems.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function recordOf(id: string, madeAt: number): ReplayRecord {
  const replay = {
    fromAt: 0,
    toAt: 1,
    wantedToAt: 1,
    stepMs: 60_000,
    evaluations: 1,
    alerts: [],
    notices: [],
    pagesPerDay: 0,
    notes: [],
  };
  return {
    id,
    madeAt,
    workspace: '/shop',
    against: null,
    history: 'the store',
    replay,
    other: null,
    difference: null,
    grades: [],
  };
}

describe('the shelf of replays', () => {
  it('is not there before the log is, and takes what is made beside its writer', () => {
    expect(openReplayShelf(path, onUnreadable)).toBeNull();
    const log = openLog(path, { clock: { now: () => NOW } });
    const shelf = openReplayShelf(path, onUnreadable);
    if (!shelf) throw new Error('no shelf');
    shelf.save(recordOf('a', 1));
    log.putSetting('x', '1');
    shelf.save(recordOf('b', 2));
    expect(shelf.list().map((one) => one.id)).toEqual(['b', 'a']);
    expect(log.getSetting('x')).toBe('1');
    expect(() => shelf.save(recordOf('a', 3))).toThrow(/UNIQUE|constraint/i);
    shelf.close();
    log.close();
  });

  it('keeps the newest fifty, and leaves out what cannot be read', () => {
    openLog(path, { clock: { now: () => NOW } }).close();
    const shelf = openReplayShelf(path, onUnreadable);
    for (let at = 1; at <= 53; at += 1) shelf?.save(recordOf(`r${at}`, at));
    expect(shelf?.list()).toHaveLength(50);
    expect(shelf?.list().at(-1)?.id).toBe('r4');
    const db = new Database(path);
    db.prepare("UPDATE replay SET body = '{}' WHERE id = 'r53'").run();
    db.close();
    expect(shelf?.list()[0]?.id).toBe('r52');
    expect(problems).toEqual(['replay r53']);
    shelf?.close();
  });
});

describe('the past of a log', () => {
  it('is read beside its writer, and is nothing where there is no log', () => {
    expect(readPast(path, onUnreadable)).toEqual({ silences: [], incidents: [] });
    const log = openLog(path, { clock: { now: () => NOW } });
    log.openIncident(incidentDraft(), [], []);
    log.saveSilence({
      id: 's',
      matchers: [{ name: 'service', op: '=', value: 'db' }],
      comment: 'known',
      author: 'anna',
      createdAt: 1,
      startsAt: 1,
      endsAt: 2,
      expiredAt: null,
      expiredBy: null,
      renewals: [],
      origin: null,
      sharing: [],
      revision: 1,
    });
    const past = readPast(path, onUnreadable);
    expect(past.silences.map((one) => one.id)).toEqual(['s']);
    expect(past.incidents.map((one) => one.name)).toEqual(['INC-0001']);
    log.close();
  });
});
