import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../../main/store/index.ts';
import { storeError } from '../../../main/store/log-error.ts';
import { packSamples, unpackSamples } from '../../../main/store/table/sample-blob.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { PlaybookRun } from '../../../shared/model/playbook.ts';
import type { Postmortem } from '../../../shared/model/postmortem.ts';
import { alertOf, entry, incidentDraft, NOW } from '../../support/incident.ts';
import { openTestLog, type TestLog } from '../../support/log.ts';

let test: TestLog;
beforeEach(() => {
  test = openTestLog();
});
afterEach(() => test.remove());

const run = (revision: number): PlaybookRun => ({
  id: 'run-1',
  playbook: {
    id: 'p',
    title: 'Model degraded',
    description: '',
    services: [],
    objectives: [],
    diagnosis: [],
    mitigation: [],
    definedAt: 'playbooks/p.yaml:1',
  },
  incidentId: 'incident-1',
  startedAt: NOW,
  endedAt: null,
  revision,
  steps: [],
  nextStep: null,
  rootCause: null,
});

const journal = (change: Partial<JournalRecord> = {}): JournalRecord => ({
  id: 'j1',
  runId: 'run-1',
  stepId: 's1',
  attempt: 1,
  idempotencyKey: 'k',
  intent: 'POST http://fleet/rollback',
  intendedAt: NOW,
  outcome: null,
  endedAt: null,
  ...change,
});

const delivery = (id: string, state: Delivery['state'], createdAt: number): Delivery => ({
  id,
  receiver: 'desktop',
  kind: 'desktop',
  page: {
    title: 't',
    body: 'b',
    priority: 'P0',
    incidentId: null,
    groupKey: 'g',
    sound: true,
    resolved: false,
  },
  alertIds: [],
  createdAt,
  expiresAt: createdAt + 1,
  attempts: 0,
  nextTryAt: null,
  state,
  sentAt: null,
  reason: 'P0',
  problem: null,
});

describe('what else the log keeps', () => {
  it('gives back alerts that are not over, and those resolved since', async () => {
    const firing = alertOf();
    const pending = alertOf({ id: 'a2', phase: 'pending' });
    const old = alertOf({ id: 'a3', phase: 'resolved', resolvedAt: NOW - 10 });
    const recent = alertOf({ id: 'a4', phase: 'resolved', resolvedAt: NOW });
    await test.log.call.saveAlerts(
      [firing, pending, old, recent, alertOf({ id: 'a5', phase: 'inactive' })],
      [],
    );
    expect((await test.log.call.loadAlerts(NOW)).map((alert) => alert.id)).toEqual(['a2', 'a4', 'alert-1']);
    await test.log.call.saveAlerts([{ ...firing, phase: 'resolved', resolvedAt: NOW - 10 }], []);
    expect((await test.log.call.loadAlerts(NOW)).map((alert) => alert.id)).toEqual(['a2', 'a4']);
  });

  it('keeps each verdict of each stage, newest first', async () => {
    const verdict = (reason: string) => ({
      alertId: 'alert-1',
      stage: 'route' as const,
      outcome: 'pass' as const,
      reason,
      at: NOW,
      definedAt: null,
    });
    await test.log.call.saveAlerts([], [verdict('a'), verdict('b'), verdict('c')]);
    expect((await test.log.call.verdicts('alert-1', 2)).map((one) => one.reason)).toEqual(['c', 'b']);
  });

  it('keeps a run by its revision, and an intent without outcome stays open until its outcome is known', async () => {
    await test.log.call.saveRun(run(1), [journal()]);
    await expect(test.log.call.saveRun(run(1), [])).rejects.toMatchObject({ code: 'stale-revision' });
    test = test.reopen();
    expect(await test.log.call.loadRuns()).toEqual([run(1)]);
    expect(await test.log.call.openJournal()).toEqual([journal()]);
    await test.log.call.saveRun(run(2), [journal({ outcome: '200', endedAt: NOW + 1 })]);
    expect(await test.log.call.openJournal()).toEqual([]);
    await test.log.call.saveRun(run(3), [journal()]);
    expect(await test.log.call.openJournal()).toEqual([]);
  });

  it('keeps a refused run and its journal out altogether', async () => {
    await expect(test.log.call.saveRun(run(7), [journal()])).rejects.toMatchObject({
      code: 'stale-revision',
    });
    expect(await test.log.call.openJournal()).toEqual([]);
  });

  it('knows which deliveries are still to be made', async () => {
    await test.log.call.saveDeliveries([delivery('d1', 'queued', 1), delivery('d2', 'sent', 2)]);
    expect((await test.log.call.pendingDeliveries()).map((one) => one.id)).toEqual(['d1']);
    await test.log.call.saveDeliveries([delivery('d1', 'failed', 1)]);
    expect(await test.log.call.pendingDeliveries()).toEqual([]);
    expect((await test.log.call.recentDeliveries(1)).map((one) => one.id)).toEqual(['d2']);
  });

  it('keeps a postmortem by its revision', async () => {
    await test.log.call.openIncident(incidentDraft(), [entry()], []);
    const draft: Postmortem = {
      incidentId: 'incident-1',
      title: 't',
      revision: 1,
      draftedAt: NOW,
      savedAt: NOW,
      sections: [],
    };
    expect(await test.log.call.loadPostmortem('incident-1')).toBeNull();
    await test.log.call.savePostmortem(draft);
    await expect(test.log.call.savePostmortem(draft)).rejects.toMatchObject({ code: 'stale-revision' });
    await test.log.call.savePostmortem({ ...draft, revision: 2, title: 'u' });
    expect((await test.log.call.loadPostmortem('incident-1'))?.title).toBe('u');
  });

  it('keeps settings', async () => {
    expect(await test.log.call.getSetting('off-switch')).toBeNull();
    await test.log.call.putSetting('off-switch', 'on');
    await test.log.call.putSetting('off-switch', 'off');
    expect(await test.reopen().log.call.getSetting('off-switch')).toBe('off');
  });

  it('leaves a row out that it cannot read, and says so, instead of failing whole', async () => {
    await test.log.call.saveAlerts([alertOf(), alertOf({ id: 'a2' })], []);
    const raw = new Database(test.path);
    raw.exec(`UPDATE alert SET body = '{"id": 4' WHERE id = 'a2'`);
    raw.close();
    expect((await test.log.call.loadAlerts(0)).map((alert) => alert.id)).toEqual(['alert-1']);
    expect((await test.log.call.notices())[0]?.text).toContain('alert (a2)');
  });
});

describe('samples in a blob', () => {
  it('come back to the bit, not-a-number included, and even steps cost little', () => {
    const times = Float64Array.from({ length: 720 }, (_, i) => NOW + i * 10_000);
    const values = times.map((_, i) => (i % 7 === 0 ? Number.NaN : Math.sin(i)));
    const blob = packSamples({ times, values });
    expect(unpackSamples(blob)).toEqual({ times, values });
    expect(packSamples({ times, values: times.map(() => 1) }).length).toBeLessThan(200);
  });
});

describe('a failure of the disk', () => {
  it('is coded, and retryable where it may pass', () => {
    expect(storeError(new Database.SqliteError('full', 'SQLITE_FULL'))).toMatchObject({
      code: 'store-failed',
      retryable: true,
    });
    expect(storeError(new Database.SqliteError('bad', 'SQLITE_CORRUPT_INDEX'))).toMatchObject({
      code: 'store-failed',
      retryable: false,
    });
    const bug = new Database.SqliteError('unique', 'SQLITE_CONSTRAINT_UNIQUE');
    expect(storeError(bug)).toBe(bug);
  });

  it('keeps nothing of a change that fails half-way, and works again afterwards', async () => {
    const raw = new Database(test.path);
    await test.log.call.openIncident(incidentDraft(), [entry()], []);
    raw.exec(
      "CREATE TRIGGER full BEFORE INSERT ON alert WHEN NEW.id = 'a2' BEGIN SELECT RAISE(ABORT, 'no'); END",
    );
    await expect(test.log.call.saveAlerts([alertOf(), alertOf({ id: 'a2' })], [])).rejects.toThrow('no');
    expect(await test.log.call.loadAlerts(0)).toEqual([]);
    raw.exec('DROP TRIGGER full');
    raw.close();
    await test.log.call.saveAlerts([alertOf(), alertOf({ id: 'a2' })], []);
    expect(await test.log.call.loadAlerts(0)).toHaveLength(2);
  });
});
