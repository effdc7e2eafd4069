import type { Detector } from '../../shared/model/detector.ts';
import type { Incident } from '../../shared/model/incident.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Service } from '../../shared/model/service.ts';
import type { Unwatched } from '../../shared/model/watch.ts';
import type { Clock, Ids, Logger, WorkerHandle } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';
import type { IncidentDraft } from './book.ts';
import type { BusinessDeadline } from './severity.ts';

/** What incidents are made of; everything that changes comes in as a function. */
export interface IncidentDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: WorkerHandle<LogApi>;
  readonly logger: Logger;
  readonly services: () => readonly Service[];
  readonly objective: (id: string) => ObjectiveStatus | undefined;
  readonly target: (sourceId: string) => QueryTarget | undefined;
  /** Spans in which a source was not watched: kept with the evidence, which outlives what else knows of them. */
  readonly unwatched?: (sourceId: string, fromAt: number, toAt: number) => readonly Unwatched[];
  /** For the evidence of a detector's alert: what it looks at. */
  readonly detector?: (id: string) => Detector | undefined;
  /** What is known of these services, nearest first: evidence of the cause is often kept by another service. */
  readonly near?: (services: readonly string[]) => {
    readonly objectives: readonly ObjectiveStatus[];
    readonly detectors: readonly Detector[];
  };
  /** The playbook to propose, by its id. */
  readonly playbookFor: (incident: IncidentDraft) => string | null;
  /** Business time, for SEV-3's response. Plain time where it is left out. */
  readonly businessDeadline?: BusinessDeadline;
  /** Heard after each commit. */
  readonly onChange: (incident: Incident) => void;
}

/** Which incident an alert belongs to, and why. */
export interface Placement {
  readonly alertId: string;
  /** Null where it belongs to none, or could not be saved yet. */
  readonly incidentId: string | null;
  readonly opened: boolean;
  readonly reason: string;
}
