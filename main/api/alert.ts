import type { Remote } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';
import { answering, procedures } from './context.ts';

export interface AlertPart {
  readonly log: Remote<LogApi>;
  readonly acknowledge: (alertId: string, by: string) => Promise<void>;
}

/** Requests about alerts. */
export function alertRouter({ log, acknowledge }: AlertPart) {
  const at = procedures.alert;
  return at.router({
    acknowledge: at.acknowledge.handler(({ input, context, errors }) =>
      answering(errors, () => acknowledge(input.alertId, context.actor)),
    ),
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
