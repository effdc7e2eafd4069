import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogApi, openLog, refuseUnusableLog } from '../../main/store/index.ts';
import { LOG_MIGRATIONS } from '../../main/store/migration/log-migrations.ts';
import type { Migration } from '../../main/store/migration/migration.ts';
import { alertOf, entry, evidenceWrite, incidentDraft, NOW } from '../support/incident.ts';

const clock = { now: () => NOW };
const newest = LOG_MIGRATIONS.at(-1)?.version ?? 0;
let folder: string;
let path: string;
let open: LogApi[];
const start = (migrations?: readonly Migration[]) => {
  const api = openLog(path, migrations ? { clock, migrations } : { clock });
  open.push(api);
  return api;
};
const stop = () => {
  for (const api of open.splice(0)) api.close();
};
/** The file as the first format had it: today's code writes, what came later is taken away. */
const asFirst = () => {
  const named = (db: Database.Database, type: 'table' | 'index') =>
    db
      .prepare("SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all(type) as string[];
  const plain = new Database(':memory:');
  plain.exec(LOG_MIGRATIONS[0]?.sql ?? '');
  const known = [...named(plain, 'table'), ...named(plain, 'index')];
  plain.close();
  const db = new Database(path);
  for (const type of ['table', 'index'] as const)
    for (const name of named(db, type)) if (!known.includes(name)) db.exec(`DROP ${type} "${name}"`);
  db.pragma('user_version = 1');
  db.close();
};
const pragma = (file: string, name: string) => {
  const db = new Database(file, { readonly: true });
  const value = db.pragma(name, { simple: true });
  db.close();
  return value;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-migration-'));
  path = join(folder, 'midwatch.db');
  open = [];
});
afterEach(() => {
  stop();
  rmSync(folder, { recursive: true, force: true });
});

const later: Migration = {
  version: newest + 1,
  name: 'later',
  sql: 'ALTER TABLE setting ADD COLUMN changed_at INTEGER; CREATE TABLE extra (id TEXT PRIMARY KEY) STRICT;',
};

describe('the steps of midwatch.db', () => {
  it('count up from 1 without a hole', () => {
    expect(LOG_MIGRATIONS.map((step) => step.version)).toEqual(LOG_MIGRATIONS.map((_, i) => i + 1));
  });

  it('make a whole database from no file and from an empty one', () => {
    start();
    stop();
    expect(pragma(path, 'user_version')).toBe(newest);
    rmSync(path);
    writeFileSync(path, '');
    expect(start().loadIncidents()).toEqual([]);
    expect(start().notices()).toEqual([]);
  });

  it('leave a file of the newest format alone, without a copy', () => {
    start();
    stop();
    start();
    expect(readdirSync(folder)).not.toContain('backup');
  });

  it('carry a full file of the first format on, after a copy that still holds it', () => {
    const first = start();
    first.openIncident(incidentDraft(), [entry(), entry()], [evidenceWrite('e1')]);
    first.saveAlerts([alertOf()], []);
    const before = first.loadIncidents();
    stop();
    asFirst();
    const carried = start([...LOG_MIGRATIONS, later]);
    expect(carried.loadIncidents()).toEqual(before);
    expect(carried.verifyTimeline('incident-1')).toBeNull();
    expect(carried.evidenceSeries('e1')).toHaveLength(1);
    expect(carried.loadAlerts(0)).toEqual([alertOf()]);
    expect(carried.notices().map((notice) => notice.text)).toEqual([
      expect.stringContaining('copied'),
      expect.stringContaining(`to ${newest + 1}`),
    ]);
    const [copy] = readdirSync(join(folder, 'backup'));
    expect(pragma(join(folder, 'backup', copy ?? ''), 'user_version')).toBe(1);
  });

  it('keep nothing of a step that fails', () => {
    start().putSetting('a', 'b');
    stop();
    const broken: Migration = {
      version: newest + 2,
      name: 'broken',
      sql: 'CREATE TABLE more (id TEXT); SELECT nothing;',
    };
    expect(() => start([...LOG_MIGRATIONS, later, broken])).toThrow(
      expect.objectContaining({
        code: 'migration-failed',
        details: expect.objectContaining({ from: newest }),
      }),
    );
    expect(pragma(path, 'user_version')).toBe(newest);
    expect(start().getSetting('a')).toBe('b');
  });

  it('refuse a step that leaves rows pointing nowhere', () => {
    start().openIncident(incidentDraft(), [entry()], []);
    stop();
    const orphan: Migration = {
      version: newest + 1,
      name: 'orphan',
      sql: `PRAGMA defer_foreign_keys = ON; DROP TRIGGER timeline_no_update; UPDATE timeline SET incident_id = 'nobody';`,
    };
    expect(() => start([...LOG_MIGRATIONS, orphan])).toThrow(/not there/);
    expect(start().verifyTimeline('incident-1')).toBeNull();
  });
});

describe('a database that is not for this Midwatch', () => {
  it('from the future is refused by name, with both formats and what to do, and not a byte of it changes', () => {
    start([...LOG_MIGRATIONS, later]).putSetting('a', 'b');
    stop();
    const before = readFileSync(path);
    expect(() => start()).toThrow(
      expect.objectContaining({
        code: 'database-from-the-future',
        details: { path, found: newest + 1, known: newest },
        message: expect.stringMatching(/Start the newer Midwatch/),
      }),
    );
    expect(() => refuseUnusableLog(path)).toThrow(
      expect.objectContaining({ code: 'database-from-the-future' }),
    );
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is not refused beforehand where it is ours, missing, empty or damaged', () => {
    expect(() => refuseUnusableLog(path)).not.toThrow();
    writeFileSync(path, '');
    expect(() => refuseUnusableLog(path)).not.toThrow();
    start();
    stop();
    expect(() => refuseUnusableLog(path)).not.toThrow();
    writeFileSync(path, 'no database at all '.repeat(99));
    expect(() => refuseUnusableLog(path)).not.toThrow();
  });

  it('of another program is refused and left as it is', () => {
    const other = new Database(path);
    other.exec('CREATE TABLE song (title TEXT)');
    other.close();
    const before = readFileSync(path);
    expect(() => start()).toThrow(expect.objectContaining({ code: 'database-not-ours' }));
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

describe('the second format', () => {
  it('adds the watch ledger and leaves a file of the first as full as it was', () => {
    start().openIncident(incidentDraft(), [entry()], [evidenceWrite('e1')]);
    stop();
    asFirst();
    const second = start();
    expect(second.loadWatch()).toEqual([]);
    second.saveWatch([
      { sourceId: 'a', fromAt: 0, intervals: [{ fromAt: 1, toAt: 2, causes: [], filledAt: null }] },
    ]);
    expect(second.loadWatch()).toHaveLength(1);
    expect(second.evidenceSeries('e1')).toHaveLength(1);
  });
});

describe('the fourth format', () => {
  it('adds silences and the time of verdicts, and leaves a file of the first as full as it was', () => {
    const verdict = {
      stage: 'state',
      outcome: 'fired',
      reason: 'errors 9 > 1',
      at: NOW,
      definedAt: 'a.yaml:1',
    } as const;
    start().saveAlerts([alertOf()], [{ ...verdict, alertId: alertOf().id }]);
    stop();
    asFirst();
    const fourth = start();
    expect(fourth.loadSilences(0)).toEqual([]);
    expect(fourth.verdicts(alertOf().id, 10)).toHaveLength(1);
    expect(fourth.searchVerdicts({ text: '9 > 1', fromAt: 0, toAt: NOW, limit: 10 })).toHaveLength(1);
    expect(fourth.findAlerts(alertOf().id, 10)).toEqual([alertOf()]);
  });
});
