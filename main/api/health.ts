import type { HealthReport } from '../../shared/model/health.ts';
import { answering, procedures } from './context.ts';

export interface HealthPart {
  readonly report: () => Promise<HealthReport>;
}

/** Requests about Midwatch's own state. */
export function healthRouter({ report }: HealthPart) {
  const at = procedures.health;
  return at.router({
    report: at.report.handler(({ errors }) => answering(errors, report)),
  });
}
