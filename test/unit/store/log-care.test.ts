import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogApi, openLog, refuseUnusableLog } from '../../../main/store/index.ts';
import { backups, checkFile } from '../../../main/store/log-backup.ts';
import { LOG_MIGRATIONS } from '../../../main/store/migration/log-migrations.ts';
import type { Migration } from '../../../main/store/migration/migration.ts';
import { alertOf, entry, incidentDraft, NOW } from '../../support/incident.ts';

let folder: string;
let path: string;
let now: number;
let log: LogApi | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-care-'));
  path = join(folder, 'midwatch.db');
  now = NOW;
  log = null;
});
afterEach(() => {
  log?.close();
  rmSync(folder, { recursive: true, force: true });
});

const start = (migrations?: readonly Migration[]): LogApi => {
  log?.close();
  log = null;
  log = openLog(path, { clock: { now: () => now }, ...(migrations ? { migrations } : {}) });
  return log;
};
const stop = () => {
  log?.close();
  log = null;
};
/** What somebody else did to the file while Midwatch was not running. */
const meddle = (sql: string, ...values: unknown[]) => {
  stop();
  const db = new Database(path);
  db.prepare(sql).run(...values);
  db.close();
};
const inFolder = (part = '') => readdirSync(join(folder, part)).sort();

describe('backups in rotation', () => {
  it('never drop the one just made, though the clock was set back', async () => {
    start();
    for (const at of [NOW, NOW + 1_000, NOW + 2_000]) {
      now = at;
      await log?.backup();
    }
    now = NOW - 86_400_000;
    log?.putSetting('newest', 'yes');
    const made = await log?.backup();
    expect(made?.bytes).toBeGreaterThan(0);
    expect(existsSync(made?.path ?? '')).toBe(true);
    expect(backups(path)).toHaveLength(3);
    const copy = new Database(made?.path ?? '', { readonly: true });
    expect(copy.prepare("SELECT value FROM setting WHERE key = 'newest'").pluck().get()).toBe('yes');
    copy.close();
  });

  it('clear away the pieces that a killed process left, each as large as the whole', async () => {
    start();
    mkdirSync(join(folder, 'backup'));
    for (const name of [
      'midwatch-2026-01-01T00-00-00-000Z.db.partial',
      'midwatch-2026-01-02T00-00-00-000Z.db.partial-wal',
    ])
      writeFileSync(join(folder, 'backup', name), 'half');
    const made = await log?.backup();
    expect(inFolder('backup')).toEqual([basename(made?.path ?? '')]);
  });

  it('leave alone what a person put beside them, and what was copied before a migration', async () => {
    start();
    mkdirSync(join(folder, 'backup'));
    const others = ['before-migration-from-1-2026-01-01T00-00-00-000Z.db', 'mine.db', 'notes.txt'];
    for (const name of others) writeFileSync(join(folder, 'backup', name), 'keep');
    for (let i = 0; i < 5; i += 1) {
      now += 1_000;
      await log?.backup();
    }
    expect(inFolder('backup').filter((name) => others.includes(name))).toEqual(others);
    expect(backups(path)).toHaveLength(3);
  });

  it('made twice in one instant are one file, and it is whole', async () => {
    start();
    await log?.backup();
    log?.putSetting('later', 'yes');
    const again = await log?.backup();
    expect(backups(path)).toEqual([again?.path]);
    expect(checkFile(again?.path ?? '')).toBeNull();
  });

  it('hold what was acked before they began, while the log goes on being written', async () => {
    start();
    log?.openIncident(incidentDraft(), [entry()], []);
    const making = log?.backup();
    log?.putSetting('meanwhile', 'yes');
    const made = await making;
    const copy = new Database(made?.path ?? '', { readonly: true });
    expect(copy.prepare('SELECT COUNT(*) FROM incident').pluck().get()).toBe(1);
    copy.close();
    expect(log?.getSetting('meanwhile')).toBe('yes');
  });
});

describe('a row that cannot be read', () => {
  it('of an open incident does not keep its group from ever paging again', () => {
    start();
    log?.openIncident(incidentDraft(), [entry()], []);
    meddle("UPDATE incident SET body = '{' WHERE id = 'incident-1'");
    start();
    expect(log?.loadIncidents()).toEqual([]);
    const next = log?.openIncident(incidentDraft({ id: 'incident-2' }), [entry()], []);
    expect(next?.incident.name).toBe('INC-0002');
    expect(log?.notices().map((one) => one.text)).toEqual([
      expect.stringContaining('A row of incident (incident-1) could not be read'),
    ]);
    expect(log?.timeline('incident-1', 0)).toHaveLength(1);
    expect(() => log?.openIncident(incidentDraft({ id: 'incident-3' }), [], [])).toThrow(
      expect.objectContaining({
        code: 'incident-already-open',
        details: expect.objectContaining({ incidentId: 'incident-2' }),
      }),
    );
  });

  it('still takes the steps of its playbook on its timeline, chained', () => {
    start();
    log?.openIncident(incidentDraft(), [entry()], []);
    meddle("UPDATE incident SET body = '[]' WHERE id = 'incident-1'");
    start();
    const run = {
      id: 'r',
      playbook: {
        id: 'p',
        title: 'P',
        description: '',
        services: [],
        objectives: [],
        diagnosis: [],
        mitigation: [],
        definedAt: 'p:1',
      },
      incidentId: 'incident-1',
      startedAt: NOW,
      endedAt: null,
      revision: 1,
      steps: [],
      nextStep: null,
      rootCause: null,
    };
    log?.saveRun(run, [], [entry({ kind: 'step', title: 'Playbook started' })]);
    expect(log?.timeline('incident-1', 0).map((one) => one.title)).toEqual([
      'Incident opened',
      'Playbook started',
    ]);
    expect(log?.verifyTimeline('incident-1')).toBeNull();
  });

  it.each([
    ['alert', "UPDATE alert SET body = json_set(body, '$.phase', 'on fire')"],
    ['delivery', "UPDATE delivery SET body = json_remove(body, '$.page')"],
    ['run', "UPDATE run SET body = 'null'"],
    ['postmortem', "UPDATE postmortem SET body = json_set(body, '$.sections', 7)"],
    ['evidence', "UPDATE evidence SET body = ''"],
    ['verdict', "UPDATE verdict SET body = '{}'"],
  ])('of %s costs that row, is said once, and the rest is read', async (table, sql) => {
    start();
    seedOneOfEach();
    meddle(sql);
    start();
    const readings = () => [
      log?.loadIncidents(),
      log?.loadAlerts(0),
      log?.verdicts('alert-1', 9),
      log?.loadRuns(),
      log?.pendingDeliveries(),
      log?.loadPostmortem('incident-1'),
      log?.evidenceCharts('incident-1'),
    ];
    const empty = readings().filter((one) => one === null || (Array.isArray(one) && one.length === 0));
    expect(empty).toHaveLength(1);
    readings();
    const said = log?.notices().map((one) => one.text) ?? [];
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`A row of ${table} (`);
    await log?.backup();
  });

  function seedOneOfEach() {
    log?.openIncident(
      incidentDraft(),
      [entry()],
      [
        {
          chart: {
            id: 'e',
            incidentId: 'incident-1',
            title: 't',
            unit: '×',
            expression: 'up',
            source: 'prom',
            threshold: null,
            fromAt: 1,
            toAt: 2,
            missing: 'x',
          },
          series: [],
        },
      ],
    );
    const alert = alertOf();
    log?.saveAlerts(
      [alert],
      [{ stage: 'state', outcome: 'fired', reason: 'r', at: NOW, definedAt: null, alertId: alert.id }],
    );
    log?.saveRun(
      {
        id: 'r',
        playbook: {
          id: 'p',
          title: 'P',
          description: '',
          services: [],
          objectives: [],
          diagnosis: [],
          mitigation: [],
          definedAt: 'p:1',
        },
        incidentId: 'incident-1',
        startedAt: NOW,
        endedAt: null,
        revision: 1,
        steps: [],
        nextStep: null,
        rootCause: null,
      },
      [],
    );
    log?.saveDeliveries([
      {
        id: 'd',
        receiver: 'x',
        kind: 'desktop',
        page: {
          title: '',
          body: '',
          priority: 'P0',
          incidentId: null,
          groupKey: 'g',
          sound: true,
          resolved: false,
        },
        alertIds: [],
        createdAt: NOW,
        expiresAt: NOW,
        attempts: 0,
        nextTryAt: null,
        state: 'queued',
        sentAt: null,
        reason: '',
        problem: null,
      },
    ]);
    log?.savePostmortem({
      incidentId: 'incident-1',
      title: 't',
      revision: 1,
      draftedAt: NOW,
      savedAt: NOW,
      sections: [],
    });
  }

  it('of many costs a bounded number of notices', () => {
    start();
    log?.saveAlerts(
      Array.from({ length: 400 }, (_, i) => alertOf({ id: `a${i}` })),
      [],
    );
    meddle("UPDATE alert SET body = '{}'");
    start();
    expect(log?.loadAlerts(0)).toEqual([]);
    expect(log?.notices()).toHaveLength(200);
  });

  it('of evidence keeps the other pieces of the same series', () => {
    start();
    const times = (from: number) => Float64Array.of(from, from + 1);
    const chart = {
      id: 'e',
      incidentId: 'incident-1',
      title: 't',
      unit: '×',
      expression: 'up',
      source: 'prom',
      threshold: null,
      fromAt: 1,
      toAt: 2,
      missing: null,
    };
    log?.openIncident(
      incidentDraft(),
      [],
      [{ chart, series: [{ labels: {}, times: times(1), values: times(10) }] }],
    );
    log?.extendEvidence('e', 12, [{ labels: {}, times: times(11), values: times(20) }]);
    meddle("UPDATE evidence_chunk SET samples = X'FFFF' WHERE from_at = 1");
    start();
    expect(log?.evidenceSeries('e')[0]?.times).toEqual(times(11));
    expect(log?.notices()[0]?.text).toContain('evidence_chunk');
  });
});

describe('a change of the format', () => {
  const newest = LOG_MIGRATIONS.at(-1)?.version ?? 0;
  const addColumn: Migration = {
    version: newest + 1,
    name: 'colour',
    sql: "ALTER TABLE setting ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'",
  };
  const broken: Migration = {
    version: newest + 2,
    name: 'broken',
    sql: 'CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE half (id INTEGER) STRICT;',
  };

  it('is made once, after a whole copy, and both are said', () => {
    start();
    log?.putSetting('a', 'b');
    start([...LOG_MIGRATIONS, addColumn]);
    const copies = inFolder('backup').filter((name) => name.startsWith(`before-migration-from-${newest}-`));
    expect(copies).toHaveLength(1);
    const copy = new Database(join(folder, 'backup', copies[0] ?? ''), { readonly: true });
    expect(copy.pragma('user_version', { simple: true })).toBe(newest);
    expect(copy.prepare("SELECT value FROM setting WHERE key = 'a'").pluck().get()).toBe('b');
    copy.close();
    expect(log?.notices().map((one) => one.text)).toEqual([
      expect.stringContaining('was copied to'),
      expect.stringContaining(`from format ${newest} to ${newest + 1}`),
    ]);
    start([...LOG_MIGRATIONS, addColumn]);
    expect(log?.notices()).toEqual([]);
    expect(inFolder('backup').filter((name) => name.startsWith('before-migration'))).toHaveLength(1);
  });

  it('that fails in the middle leaves the file as it was, and the older Midwatch starts on it', () => {
    start();
    log?.openIncident(incidentDraft(), [entry()], []);
    expect(() => start([...LOG_MIGRATIONS, addColumn, broken])).toThrow(
      expect.objectContaining({
        code: 'migration-failed',
        details: expect.objectContaining({ from: newest, to: newest + 2 }),
      }),
    );
    start();
    expect(log?.loadIncidents()).toHaveLength(1);
    expect(log?.verifyTimeline('incident-1')).toBeNull();
    const db = new Database(path, { readonly: true });
    expect(db.pragma('user_version', { simple: true })).toBe(newest);
    expect(db.prepare("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'half'").pluck().get()).toBe(0);
    db.close();
  });

  it('that would leave rows without what they point at is refused', () => {
    start();
    log?.openIncident(incidentDraft(), [entry()], []);
    const orphan: Migration = {
      version: newest + 1,
      name: 'orphan',
      sql: 'DROP TRIGGER incident_no_delete; PRAGMA defer_foreign_keys = ON; DELETE FROM incident;',
    };
    expect(() => start([...LOG_MIGRATIONS, orphan])).toThrow(
      expect.objectContaining({ code: 'migration-failed' }),
    );
    start();
    expect(log?.loadIncidents()).toHaveLength(1);
  });

  it('makes a file that the older Midwatch refuses by name and leaves alone', () => {
    start([...LOG_MIGRATIONS, addColumn]);
    log?.putSetting('a', 'b');
    expect(() => start()).toThrow(expect.objectContaining({ code: 'database-from-the-future' }));
    expect(() => refuseUnusableLog(path)).toThrow(
      expect.objectContaining({ code: 'database-from-the-future' }),
    );
    start([...LOG_MIGRATIONS, addColumn]);
    expect(log?.getSetting('a')).toBe('b');
  });
});

describe('a file that is not ours', () => {
  it('is refused and not touched, with its rows still in it', () => {
    const db = new Database(path);
    db.exec('CREATE TABLE people (name TEXT); INSERT INTO people VALUES (1)');
    db.close();
    expect(() => start()).toThrow(expect.objectContaining({ code: 'database-not-ours' }));
    expect(() => refuseUnusableLog(path)).toThrow(expect.objectContaining({ code: 'database-not-ours' }));
    const again = new Database(path, { readonly: true });
    expect(again.prepare('SELECT COUNT(*) FROM people').pluck().get()).toBe(1);
    again.close();
    expect(inFolder().filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('is no reason to refuse where it is damaged or empty: opening it deals with that', () => {
    writeFileSync(
      path,
      'not a database at all, but long enough to have a header of one hundred bytes'.repeat(40),
    );
    expect(() => refuseUnusableLog(path)).not.toThrow();
    writeFileSync(path, '');
    expect(() => refuseUnusableLog(path)).not.toThrow();
    start();
    expect(log?.loadIncidents()).toEqual([]);
  });

  it('is opened where it is our own copy under the name of the log', async () => {
    start();
    log?.openIncident(incidentDraft(), [entry()], []);
    const made = await log?.backup();
    stop();
    for (const name of inFolder()) if (name !== 'backup') rmSync(join(folder, name));
    copyFileSync(made?.path ?? '', path);
    start();
    expect(log?.loadIncidents()).toHaveLength(1);
    expect(log?.verifyTimeline('incident-1')).toBeNull();
  });
});
