import type { Result } from '../../shared/error/result.ts';
import type { EscalationOutlook } from '../../shared/model/escalation.ts';
import type { FiredEpisode } from '../../shared/model/fired.ts';
import type { OnCallNow } from '../../shared/model/on-call.ts';
import type { Remote } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';
import { answering, procedures } from './context.ts';

export interface AlertPart {
  readonly log: Remote<LogApi>;
  readonly people: PersonActions;
  readonly fired: (question: {
    objectiveId: string;
    fromAt: number;
    toAt: number;
  }) => Promise<FiredEpisode[]>;
  readonly onCall: () => OnCallNow[];
}

/** What a person may do about an alert; each rejects with a coded error where it cannot be done. */
interface PersonActions {
  acknowledgeAlert(alertId: string, by: string): Promise<void>;
  rearm(alertId: string, by: string, why: string): Promise<void>;
  escalate(alertId: string, by: string, why: string): Promise<EscalationOutlook>;
  escalation(alertId: string): Result<EscalationOutlook, string>;
}

/** Requests about alerts. */
export function alertRouter({ log, people, fired, onCall }: AlertPart) {
  const at = procedures.alert;
  return at.router({
    acknowledge: at.acknowledge.handler(({ input, context, errors }) =>
      answering(errors, () => people.acknowledgeAlert(input.alertId, context.actor)),
    ),
    rearm: at.rearm.handler(({ input, context, errors }) =>
      answering(errors, () => people.rearm(input.alertId, context.actor, input.reason)),
    ),
    escalation: at.escalation.handler(({ input }) => {
      const found = people.escalation(input.alertId);
      return found.ok ? { outlook: found.value, problem: null } : { outlook: null, problem: found.error };
    }),
    escalate: at.escalate.handler(({ input, context, errors }) =>
      answering(errors, () => people.escalate(input.alertId, context.actor, input.reason)),
    ),
    fired: at.fired.handler(({ input, errors }) => answering(errors, () => fired(input))),
    onCall: at.onCall.handler(() => onCall()),
    why: at.why.handler(({ input, errors }) =>
      answering(errors, () => {
        const { alertId, fromAt, toAt, limit } = input;
        if (fromAt === undefined && toAt === undefined) return log.verdicts(alertId, limit);
        return log.verdictsBetween(alertId, fromAt ?? 0, toAt ?? Number.MAX_SAFE_INTEGER, limit);
      }),
    ),
    deliveries: at.deliveries.handler(({ input, errors }) =>
      answering(errors, async () => {
        const found = await log.searchDeliveries({ ...input, limit: input.limit + 1 });
        return { found: found.slice(0, input.limit), more: found.length > input.limit };
      }),
    ),
    search: at.search.handler(({ input, errors }) =>
      answering(errors, async () => {
        // One more than is shown: whether there are more is known without counting them.
        const found = await log.searchVerdicts({ ...input, limit: input.limit + 1 });
        const more = found.length > input.limit;
        const lookedFromAt = more ? null : await log.verdictsLookedFrom(input);
        return { found: found.slice(0, input.limit), more, lookedFromAt };
      }),
    ),
  });
}
