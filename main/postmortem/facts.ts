import type { Incident, TimelineEntry } from '../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { PlaybookRun } from '../../shared/model/playbook.ts';
import type { Exhibit } from './evidence-facts.ts';

/** All that a draft may be written from. What is not here is not known and is not said. */
export interface PostmortemFacts {
  readonly incident: Incident;
  readonly timeline: readonly TimelineEntry[];
  readonly evidence: readonly Exhibit[];
  readonly run: PlaybookRun | null;
  readonly objectives: readonly ObjectiveStatus[];
  readonly now: number;
}

/** When the condition was over, as far as it is known: resolved, or recovered. */
export function endOf(incident: Incident): number | null {
  return incident.resolvedAt ?? incident.recoveredAt ?? incident.closedAt;
}
