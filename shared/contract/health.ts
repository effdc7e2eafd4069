import { oc } from '@orpc/contract';
import { z } from 'zod';
import { HealthHistory, HealthReport } from '../model/health.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);

export const healthContract = {
  /** What Midwatch keeps, what waits in it, and the memory it takes. The collection `health` has what changes each second. */
  report: base.output(HealthReport),
  /** The course of loop delay, queues, polling lag and the store since the start, a day at most. */
  history: base
    .input(
      z.object({
        fromAt: z.number().int(),
        toAt: z.number().int(),
        points: z.number().int().min(1).max(500).default(240),
      }),
    )
    .output(HealthHistory),
};
