import { z } from 'zod';

export const WorkerHealth = z.object({
  name: z.string(),
  condition: z.enum(['starting', 'ok', 'dead']),
  restarts: z.number().int(),
  pending: z.number().int(),
  lastProblem: z.string().nullable(),
});
export type WorkerHealth = z.infer<typeof WorkerHealth>;

/** Midwatch's own state: if it cannot watch, it says so loudly. */
export const Health = z.object({
  id: z.literal('core'),
  startedAt: z.number(),
  version: z.string(),
  workspace: z.object({
    name: z.string(),
    path: z.string(),
    demo: z.boolean(),
    problems: z.array(z.string()),
  }),
  /** Null while at least one source answers and every worker lives; otherwise the sentence for the red banner. */
  blind: z.string().nullable(),
  loopDelayP99Ms: z.number(),
  loopDelayMaxMs: z.number(),
  workers: z.array(WorkerHealth),
  pollingLagMs: z.number().nullable(),
  missedTicks: z.number().int(),
  drops: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  logBytes: z.number().nullable(),
  metricBytes: z.number().nullable(),
  seriesCount: z.number().nullable(),
  notifierProblem: z.string().nullable(),
});
export type Health = z.infer<typeof Health>;
