import { oc } from '@orpc/contract';
import { HealthReport } from '../model/health.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);

export const healthContract = {
  /** What Midwatch keeps, what waits in it, and the memory it takes. The collection `health` has what changes each second. */
  report: base.output(HealthReport),
};
