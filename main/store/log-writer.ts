import { existsSync, statSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type {
  Incident,
  IncidentPhase,
  NewTimelineEntry,
  TimelineEntry,
} from '../../shared/model/incident.ts';
import type { Clock } from '../platform/index.ts';
import type { LogApi, StoreNotice } from './log-api.ts';
import { backUp } from './log-backup.ts';
import { staleRevision, storeError } from './log-error.ts';
import { openDatabase } from './log-open.ts';
import { LOG_MIGRATIONS } from './migration/log-migrations.ts';
import type { Migration } from './migration/migration.ts';
import { alertTable } from './table/alert.ts';
import { changeTable } from './table/change.ts';
import { correctionTable } from './table/correction.ts';
import { deliveryTable } from './table/delivery.ts';
import { evidenceTable } from './table/evidence.ts';
import { incidentName, incidentTable } from './table/incident.ts';
import { journalTable } from './table/journal.ts';
import { postmortemTable } from './table/postmortem.ts';
import type { OnUnreadable } from './table/row.ts';
import { runTable } from './table/run.ts';
import { settingTable } from './table/setting.ts';
import { silenceTable } from './table/silence.ts';
import { CHAIN_START, chain, firstBroken, timelineTable } from './table/timeline.ts';
import { verdictTable } from './table/verdict.ts';
import { watchTable } from './table/watch.ts';

/** Phases in which another incident of the same group may be open. */
const OVER: ReadonlySet<IncidentPhase> = new Set(['closed', 'merged', 'cancelled']);

export interface LogOptions {
  readonly clock: Pick<Clock, 'now'>;
  /** Other steps than the released ones, for tests of migrations. */
  readonly migrations?: readonly Migration[];
}

/** Notices beyond this many are counted, not kept: a damaged table must not fill the memory. */
const NOTICES_MAX = 200;

/**
 * Opens `midwatch.db` in this thread. The product does so in `log.worker.ts`; scenarios and tests do it inline.
 * Throws `database-from-the-future`, `database-not-ours`, `migration-failed`, `store-not-durable`, `store-failed`.
 */
export function openLog(path: string, options: LogOptions): LogApi {
  const { clock } = options;
  const opened = guard(() => openDatabase(path, clock.now(), options.migrations ?? LOG_MIGRATIONS));
  const notices: StoreNotice[] = opened.notices.map((text) => ({ at: clock.now(), text }));
  const tables = createTables(opened.db, (table, id, problem) => {
    const text = `A row of ${table} (${id}) could not be read and is left out: ${problem}`;
    if (notices.length < NOTICES_MAX && !notices.some((notice) => notice.text === text))
      notices.push({ at: clock.now(), text });
  });
  return {
    ...incidentPart(tables),
    ...evidencePart(tables),
    ...alertPart(tables),
    ...recordPart(tables),
    ...carePart(tables, path, clock, notices),
  };
}

type Tables = ReturnType<typeof createTables>;

function createTables(db: Database.Database, onUnreadable: OnUnreadable) {
  return {
    db,
    incidents: incidentTable(db, onUnreadable),
    timeline: timelineTable(db, onUnreadable),
    evidence: evidenceTable(db, onUnreadable),
    alerts: alertTable(db, onUnreadable),
    verdicts: verdictTable(db, onUnreadable),
    silences: silenceTable(db, onUnreadable),
    runs: runTable(db, onUnreadable),
    journal: journalTable(db, onUnreadable),
    deliveries: deliveryTable(db, onUnreadable),
    postmortems: postmortemTable(db, onUnreadable),
    settings: settingTable(db),
    watches: watchTable(db, onUnreadable),
    corrections: correctionTable(db, onUnreadable),
    changes: changeTable(db, onUnreadable),
    /** One transaction, answered after its commit; a failure of the disk is `store-failed` and keeps nothing. */
    commit: <T>(change: () => T): T => guard(() => db.transaction(change).immediate()),
  };
}

function storedIncident({ incidents }: Tables, id: string): Incident {
  const incident = incidents.get(id);
  if (incident) return incident;
  throw new CodedError('incident-not-found', `There is no incident ${id} in the log.`, { details: { id } });
}

/** Writes the incident and chains the entries to its timeline; only within a transaction. */
function append(tables: Tables, incident: Incident, entries: readonly NewTimelineEntry[]): TimelineEntry[] {
  const head = tables.incidents.head(incident.id) ?? { seq: 0, hash: CHAIN_START };
  const chained = chain(incident.id, head, entries);
  tables.timeline.append(chained);
  const last = chained.at(-1) ?? head;
  tables.incidents.update({ ...incident, timelineSeq: last.seq }, last);
  return chained;
}

function incidentPart(tables: Tables) {
  const { incidents, timeline, evidence, commit } = tables;
  return {
    openIncident: (draft, entries, writes) =>
      commit(() => {
        const known = incidents.get(draft.id);
        if (known) return { incident: known, entries: timeline.after(draft.id, 0) };
        refuseSecond(tables, draft);
        const number = incidents.nextNumber();
        const incident = { ...draft, name: incidentName(number), timelineSeq: 0, evidenceCount: 0 };
        incidents.insert(incident, number);
        for (const write of writes) evidence.add(write);
        const chained = append(tables, incident, entries);
        return { incident: storedIncident(tables, draft.id), entries: chained };
      }),
    updateIncident: (incident, entries) =>
      commit(() => {
        const before = storedIncident(tables, incident.id);
        if (incident.revision !== before.revision + 1)
          throw staleRevision(before.name, before.id, before.revision, incident.revision);
        if (!OVER.has(incident.phase)) refuseSecond(tables, incident);
        // The name was given by the store and stays.
        const chained = append(tables, { ...incident, name: before.name }, entries);
        return { incident: storedIncident(tables, incident.id), entries: chained };
      }),
    loadIncidents: () => guard(() => incidents.load()),
    loadIncident: (id) => guard(() => incidents.get(id) ?? null),
    timeline: (incidentId, afterSeq) => guard(() => timeline.after(incidentId, afterSeq)),
    verifyTimeline: (incidentId) =>
      guard(() => {
        const head = incidents.head(incidentId);
        return head ? firstBroken(incidentId, timeline.after(incidentId, 0), head) : null;
      }),
  } satisfies Partial<LogApi>;
}

function evidencePart({ evidence, commit }: Tables) {
  return {
    addEvidence: (writes) =>
      commit(() => {
        for (const write of writes) evidence.add(write);
      }),
    evidenceCharts: (incidentId) => guard(() => evidence.charts(incidentId)),
    evidenceChart: (evidenceId) => guard(() => evidence.chart(evidenceId) ?? null),
    evidenceSeries: (evidenceId) => guard(() => evidence.series(evidenceId)),
    extendEvidence: (evidenceId, toAt, series, unwatched) =>
      commit(() => evidence.extend(evidenceId, toAt, series, unwatched)),
  } satisfies Partial<LogApi>;
}

function alertPart({ alerts, verdicts, silences, commit }: Tables) {
  return {
    saveAlerts: (changed, records) =>
      commit(() => {
        for (const alert of changed) alerts.save(alert);
        for (const record of records) verdicts.save(record);
      }),
    loadAlerts: (resolvedSinceAt) => guard(() => alerts.load(resolvedSinceAt)),
    findAlerts: (text, limit) => guard(() => alerts.find(text, limit)),
    verdicts: (alertId, limit) => guard(() => verdicts.ofAlert(alertId, limit)),
    verdictsBetween: (alertId, fromAt, toAt, limit) =>
      guard(() => verdicts.between(alertId, fromAt, toAt, limit)),
    searchVerdicts: (query) => guard(() => verdicts.search(query)),
    verdictsLookedFrom: (query) => guard(() => verdicts.lookedFrom(query)),
    pruneVerdicts: (beforeAt) => commit(() => verdicts.prune(beforeAt)),
    saveSilence: (silence) =>
      commit(() => {
        const revision = silences.revision(silence.id);
        if (silence.revision !== revision + 1)
          throw staleRevision('The silence', silence.id, revision, silence.revision);
        silences.save(silence);
      }),
    loadSilences: (endedSinceAt) => guard(() => silences.load(endedSinceAt)),
  } satisfies Partial<LogApi>;
}

/** Chains entries to a timeline whose incident does not change otherwise; an incident that is not here has none. */
function appendOnly(
  { incidents, timeline }: Tables,
  incidentId: string,
  entries: readonly NewTimelineEntry[],
): void {
  const head = incidents.head(incidentId);
  if (!head || entries.length === 0) return;
  const chained = chain(incidentId, head, entries);
  timeline.append(chained);
  incidents.advance(incidentId, chained.at(-1) ?? head);
}

function recordPart(tables: Tables) {
  const { runs, journal, deliveries, postmortems, settings, watches, corrections, changes, commit } = tables;
  return {
    saveRun: (run, records, entries = []) =>
      commit(() => {
        const revision = runs.revision(run.id);
        if (run.revision !== revision + 1)
          throw staleRevision('The playbook run', run.id, revision, run.revision);
        runs.save(run);
        for (const record of records) journal.save(record);
        appendOnly(tables, run.incidentId, entries);
      }),
    loadRuns: () => guard(() => runs.load()),
    openJournal: () => guard(() => journal.open()),
    saveDeliveries: (changed) =>
      commit(() => {
        for (const delivery of changed) deliveries.save(delivery);
      }),
    pendingDeliveries: () => guard(() => deliveries.pending()),
    recentDeliveries: (limit) => guard(() => deliveries.recent(limit)),
    searchDeliveries: (query) => guard(() => deliveries.search(query)),
    savePostmortem: (postmortem) =>
      commit(() => {
        const revision = postmortems.revision(postmortem.incidentId);
        if (postmortem.revision !== revision + 1)
          throw staleRevision('The postmortem', postmortem.incidentId, revision, postmortem.revision);
        postmortems.save(postmortem);
      }),
    loadPostmortem: (incidentId) => guard(() => postmortems.load(incidentId)),
    saveWatch: (moved) =>
      commit(() => {
        for (const change of moved) watches.save(change, change.fromAt);
      }),
    loadWatch: () => guard(() => watches.load()),
    saveCorrection: (correction) => commit(() => corrections.save(correction)),
    loadCorrections: () => guard(() => corrections.load()),
    saveChanges: (found) => commit(() => changes.save(found)),
    loadChanges: (limit) => guard(() => changes.load(limit)),
    getSetting: (key) => guard(() => settings.get(key)),
    putSetting: (key, value) => commit(() => settings.put(key, value)),
  } satisfies Partial<LogApi>;
}

function carePart({ db }: Tables, path: string, clock: LogOptions['clock'], notices: readonly StoreNotice[]) {
  return {
    async backup() {
      try {
        return await backUp(db, path, clock.now());
      } catch (thrown) {
        throw new CodedError(
          'backup-failed',
          `midwatch.db could not be backed up: ${messageOf(thrown)}. The earlier backups are as they were. Look at the space and the rights of the data folder.`,
          { retryable: true, cause: thrown },
        );
      }
    },
    notices: () => [...notices],
    sizeBytes: () =>
      [path, `${path}-wal`].reduce((sum, file) => sum + (existsSync(file) ? statSync(file).size : 0), 0),
    close: () => void db.close(),
  } satisfies Partial<LogApi>;
}

/** At most one open incident a group: a crash between opening it and saving its alert must not open another. */
function refuseSecond({ incidents }: Tables, { id, groupKey }: Pick<Incident, 'id' | 'groupKey'>): void {
  const openId = groupKey === null ? undefined : incidents.openOfGroup(groupKey);
  if (openId === undefined || openId === id) return;
  if (!incidents.get(openId)) {
    // Nobody can see or close a row that cannot be read: it must not keep its group from ever paging again.
    incidents.releaseGroup(openId);
    return;
  }
  throw new CodedError(
    'incident-already-open',
    `An incident of the alert group ${groupKey} is already open; the alert belongs to it.`,
    { details: { incidentId: openId, groupKey } },
  );
}

/** Answers a failure of disk or file as `store-failed`. */
function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    throw storeError(thrown);
  }
}
