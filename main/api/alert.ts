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
      answering(errors, () => log.verdicts(input.alertId, input.limit)),
    ),
  });
}
