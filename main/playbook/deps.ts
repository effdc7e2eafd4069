import type { Incident, NewTimelineEntry } from '../../shared/model/incident.ts';
import type { Playbook, PlaybookRun } from '../../shared/model/playbook.ts';
import type { Executor } from '../action/index.ts';
import type { Clock, Ids, Logger } from '../platform/index.ts';
import type { JournalRecord } from '../store/index.ts';

/** The part of the log's door that runs need; each answers after its commit. */
export interface RunLog {
  /** The run, its journal and what the incident's timeline says of it: all or nothing. */
  saveRun(
    run: PlaybookRun,
    journal: readonly JournalRecord[],
    timeline: readonly NewTimelineEntry[],
  ): Promise<void>;
  loadRuns(): Promise<PlaybookRun[]>;
  openJournal(): Promise<JournalRecord[]>;
}

export interface PlaybooksDeps {
  readonly log: RunLog;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Logger;
  /** As configured now: a reload is taken over by runs that start later, a run keeps the playbook it began with. */
  readonly playbooks: () => readonly Playbook[];
  readonly vars: () => Readonly<Record<string, string>>;
  readonly incident: (incidentId: string) => Incident | undefined;
  /** Heard after each change is durable. */
  readonly onRun: (run: PlaybookRun) => void;
  /** The log holds more of this incident's timeline than before; windows are to be told. Awaited, never repeated. */
  readonly onTimeline: (incidentId: string) => Promise<unknown> | undefined;
}
