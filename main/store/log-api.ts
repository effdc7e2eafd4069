import type { Alert, StageVerdict } from '../../shared/model/alert.ts';
import type { Correction } from '../../shared/model/correction.ts';
import type {
  EvidenceChart,
  Incident,
  NewTimelineEntry,
  TimelineEntry,
} from '../../shared/model/incident.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { PlaybookRun } from '../../shared/model/playbook.ts';
import type { Postmortem } from '../../shared/model/postmortem.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import type { Silence } from '../../shared/model/silence.ts';
import type { GapCause, Unwatched } from '../../shared/model/watch.ts';

/** Samples of one series of a piece of evidence, as they are kept. */
export interface EvidenceSeries {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

export interface EvidenceWrite {
  readonly chart: EvidenceChart;
  readonly series: readonly EvidenceSeries[];
}

/** A verdict as it is kept for the question "why was I, or was I not, paged?". */
export interface VerdictRecord extends StageVerdict {
  readonly alertId: string;
}

/** A verdict with what is known of its alert. */
export interface FoundVerdict extends VerdictRecord {
  readonly title: string | null;
  readonly service: string | null;
}

/** What is asked of the kept verdicts: text of a reason, a rule, an alert or a service, within a time. */
export interface VerdictQuery {
  /** Empty: all. */
  readonly text: string;
  readonly fromAt: number;
  readonly toAt: number;
  /** So many of the newest are passed over: the next page. */
  readonly skip?: number;
  readonly limit: number;
}

/** What is asked of the delivery log: a text that stands in a delivery, and what became of it. */
export interface DeliveryQuery {
  /** Empty: all. */
  readonly text: string;
  readonly state: Delivery['state'] | 'all';
  readonly skip: number;
  readonly limit: number;
}

/** An intent is written before an effect begins, its outcome after; an intent without outcome is *unknown*. */
export interface JournalRecord {
  readonly id: string;
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly intent: string;
  readonly intendedAt: number;
  readonly outcome: string | null;
  readonly endedAt: number | null;
}

/** A span in which a source was really evaluated, and why it was not before it. */
export interface WatchedInterval {
  readonly fromAt: number;
  readonly toAt: number;
  readonly causes: readonly GapCause[];
  /** When the gap before it was filled afterwards; null while it is not. */
  readonly filledAt: number | null;
  /** What held in that gap, found afterwards. */
  readonly found?: readonly string[];
}

/** Intervals of one source, ascending and apart from each other. */
export interface WatchHistory {
  readonly sourceId: string;
  readonly intervals: readonly WatchedInterval[];
}

/** Something of the store that a person must hear: damage, a restoration, a migration, rows that could not be read. */
export interface StoreNotice {
  readonly at: number;
  readonly text: string;
}

/**
 * `midwatch.db`, served by its one writer thread: what must never be lost. Each function is one transaction and answers
 * after its commit. A change that names a revision other than the stored one is refused with the code `stale-revision`;
 * a full disk or a failing one answers `store-failed`, and nothing of the transaction is kept.
 */
export type LogApi = {
  /** The incident, its first entries and its evidence, all or nothing. The name (INC-0001) and numbers are given here. */
  openIncident(
    incident: Omit<Incident, 'name' | 'timelineSeq' | 'evidenceCount'>,
    entries: readonly NewTimelineEntry[],
    evidence: readonly EvidenceWrite[],
    // The same id again answers what is stored; a second open one of a group is refused: `incident-already-open`.
  ): { incident: Incident; entries: TimelineEntry[] };
  /** Replaces the incident (its `revision` must be the stored one plus 1) and appends to its timeline, in one transaction. */
  updateIncident(
    incident: Incident,
    entries: readonly NewTimelineEntry[],
  ): { incident: Incident; entries: TimelineEntry[] };
  loadIncidents(): Incident[];
  loadIncident(id: string): Incident | null;
  timeline(incidentId: string, afterSeq: number): TimelineEntry[];
  /** Checks the hash chain; the number of the first entry that does not fit, or null. */
  verifyTimeline(incidentId: string): number | null;

  addEvidence(evidence: readonly EvidenceWrite[]): void;
  evidenceCharts(incidentId: string): EvidenceChart[];
  evidenceChart(evidenceId: string): EvidenceChart | null;
  evidenceSeries(evidenceId: string): EvidenceSeries[];
  /**
   * Adds later samples to the series of a chart; samples at or before the kept end are ignored. `unwatched` is what is
   * known now of the chart's whole time and replaces what was.
   */
  extendEvidence(
    evidenceId: string,
    toAt: number,
    series: readonly EvidenceSeries[],
    unwatched?: readonly Unwatched[],
  ): void;

  saveAlerts(alerts: readonly Alert[], verdicts: readonly VerdictRecord[]): void;
  /** All that are not inactive, and those resolved since the given time. */
  loadAlerts(resolvedSinceAt: number): Alert[];
  verdicts(alertId: string, limit: number): VerdictRecord[];
  /** Those of the time, newest first, then the verdict of each stage that was in force when it began. */
  verdictsBetween(alertId: string, fromAt: number, toAt: number, limit: number): VerdictRecord[];
  searchVerdicts(query: VerdictQuery): FoundVerdict[];
  /** A search looks at a bounded number of verdicts: up to when it looked back; null where it looked at all of them. */
  verdictsLookedFrom(query: Pick<VerdictQuery, 'text' | 'fromAt' | 'toAt'>): number | null;
  /** Alerts of any time by id, the beginning of an id, or text of title, rule or service. */
  findAlerts(text: string, limit: number): Alert[];
  /** Takes a bounded number of older verdicts away; true where there are more. */
  pruneVerdicts(beforeAt: number): boolean;

  /** `revision` must be the stored one plus 1; a new one has 1. */
  saveSilence(silence: Silence): void;
  /** Those that have not ended, and those that ended since. */
  loadSilences(endedSinceAt: number): Silence[];

  /**
   * Replaces the run (its `revision` must be the stored one plus 1; a new run has 1) with its journal, and appends what
   * the incident's timeline says of it, all or nothing. The incident's revision stays: nobody's change of it is outdated.
   */
  saveRun(run: PlaybookRun, journal: readonly JournalRecord[], timeline?: readonly NewTimelineEntry[]): void;
  loadRuns(): PlaybookRun[];
  openJournal(): JournalRecord[];

  saveDeliveries(deliveries: readonly Delivery[]): void;
  pendingDeliveries(): Delivery[];
  recentDeliveries(limit: number): Delivery[];
  /** The newest first. */
  searchDeliveries(query: DeliveryQuery): Delivery[];

  /** `revision` must be the stored one plus 1; a new one has 1. */
  savePostmortem(postmortem: Postmortem): void;
  loadPostmortem(incidentId: string): Postmortem | null;

  /** Replaces, for each source, all intervals that begin at `fromAt` or later by the given ones; the oldest give way. */
  saveWatch(changes: readonly (WatchHistory & { readonly fromAt: number })[]): void;
  loadWatch(): WatchHistory[];
  /** A correction once made is only ever revoked. */
  saveCorrection(correction: Correction): void;
  /** The newest first. */
  loadCorrections(): Correction[];

  /** Deployments and other changes; one with the same id replaces what was kept. The oldest give way. */
  saveChanges(changes: readonly ChangeEvent[]): void;
  /** So many of the newest, the oldest of them first. */
  loadChanges(limit: number): ChangeEvent[];

  getSetting(key: string): string | null;
  putSetting(key: string, value: string): void;

  /** Copies the whole database while it is in use, checked, and keeps the newest three: on start and daily. `backup-failed` is retryable. */
  backup(): Promise<{ path: string; at: number; bytes: number }>;
  /** What a person must hear since this start; empty where all is well. */
  notices(): StoreNotice[];

  /** Size on disk in bytes, write-ahead log included. */
  sizeBytes(): number;
  close(): void;
};
