import { encodeSeries } from '../../shared/contract/series-file.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { Incidents } from '../incident/index.ts';
import type { Remote } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';
import { answering, procedures } from './context.ts';

export interface IncidentPart {
  readonly incidents: Incidents;
  readonly log: Remote<LogApi>;
  /** Acknowledges the alerts behind an incident, so that they stop repeating and escalating. */
  readonly acknowledge: (incidentId: string, by: string) => Promise<void>;
}

/** Requests about incidents. */
export function incidentRouter({ incidents, log, acknowledge }: IncidentPart) {
  const at = procedures.incident;
  const found = (id: string) => {
    const incident = incidents.get(id);
    if (!incident)
      throw new CodedError(
        'incident-not-found',
        `There is no incident ${id}. It may be of another workspace.`,
      );
    return incident;
  };
  return at.router({
    timeline: at.timeline.handler(({ input, errors }) =>
      answering(errors, () => incidents.timeline(found(input.id).id, input.afterSeq)),
    ),
    evidence: at.evidence.handler(({ input, errors }) =>
      answering(errors, () => log.evidenceCharts(found(input.id).id)),
    ),
    evidenceSamples: at.evidenceSamples.handler(({ input, errors }) =>
      answering(errors, async () => {
        const [series, chart] = await Promise.all([
          log.evidenceSeries(input.evidenceId),
          log.evidenceChart(input.evidenceId),
        ]);
        return new Blob([encodeSeries({ series, unwatched: chart?.unwatched ?? [] })]);
      }),
    ),
    acknowledge: at.acknowledge.handler(({ input, context, errors }) =>
      answering(errors, async () => {
        await acknowledge(found(input.id).id, context.actor);
        return found(input.id);
      }),
    ),
    changePhase: at.changePhase.handler(({ input, context, errors }) =>
      answering(errors, () =>
        incidents.changePhase(found(input.id).id, input.to, context.actor, input.reason, input.revision),
      ),
    ),
    changeSeverity: at.changeSeverity.handler(({ input, context, errors }) =>
      answering(errors, () =>
        incidents.changeSeverity(
          found(input.id).id,
          input.severity,
          context.actor,
          input.reason,
          input.revision,
        ),
      ),
    ),
    addNote: at.addNote.handler(({ input, context, errors }) =>
      answering(errors, () => incidents.addNote(found(input.id).id, context.actor, input.text)),
    ),
    openByHand: at.openByHand.handler(({ input, context, errors }) =>
      answering(errors, () => incidents.openByHand({ ...input, by: context.actor })),
    ),
  });
}
