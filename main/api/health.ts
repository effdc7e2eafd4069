import type { HealthHistory, HealthReport } from '../../shared/model/health.ts';
import { answering, procedures } from './context.ts';

export interface HealthPart {
  readonly report: () => Promise<HealthReport>;
  readonly history: (fromAt: number, toAt: number, points: number) => HealthHistory;
}

/** Requests about Midwatch's own state. */
export function healthRouter({ report, history }: HealthPart) {
  const at = procedures.health;
  return at.router({
    report: at.report.handler(({ errors }) => answering(errors, report)),
    history: at.history.handler(({ input: { fromAt, toAt, points }, errors }) =>
      answering(errors, () => history(fromAt, toAt, points)),
    ),
  });
}
