import { z } from 'zod';

export const WorkerHealth = z.object({
  name: z.string(),
  /** `resting`: it was ended for want of work, and the next call starts it. */
  condition: z.enum(['starting', 'ok', 'resting', 'dead']),
  restarts: z.number().int(),
  pending: z.number().int(),
  /** How long the oldest call has waited for its answer; null where none waits. */
  longestWaitMs: z.number().nullable(),
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
  /** The same 99th percentile over the latest minute; null in the first. */
  loopDelayMinuteP99Ms: z.number().nullable(),
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

/** What the sample store holds, and where that leads. Null is not known yet; `fullAt` null: never at this rate, or not known. */
export const MetricStorage = z.object({
  bytes: z.number(),
  bytesMax: z.number(),
  rawBytes: z.number(),
  rollupBytes: z.number(),
  waitingBytes: z.number(),
  rawBytesPerDay: z.number().nullable(),
  rollupBytesPerDay: z.number().nullable(),
  measuredOverMs: z.number(),
  fullAt: z.number().nullable(),
  series: z.number().int(),
  seriesMax: z.number().int(),
  samples: z.number().int(),
  oldestAt: z.number().nullable(),
  newestAt: z.number().nullable(),
});
export type MetricStorage = z.infer<typeof MetricStorage>;

/** Memory of one thread's own heap; buffers outside it are counted with the process alone. */
export const ThreadMemory = z.object({ name: z.string(), usedBytes: z.number(), totalBytes: z.number() });
export type ThreadMemory = z.infer<typeof ThreadMemory>;

const Curve = z.array(z.number().nullable());

/** Midwatch's own figures over a time: of each step the largest, null where nothing was noted. */
export const HealthHistory = z.object({
  /** When the oldest that is kept was noted; null where nothing was yet. */
  sinceAt: z.number().nullable(),
  fromAt: z.number(),
  stepMs: z.number(),
  loopDelayMs: Curve,
  /** Calls to workers and requests of senders. */
  waiting: Curve,
  pollingLagMs: Curve,
  storeBytes: Curve,
});
export type HealthHistory = z.infer<typeof HealthHistory>;

/** What is asked for when somebody looks: too dear, or too seldom needed, to be sent every two seconds. */
export const HealthReport = z.object({
  at: z.number(),
  metrics: MetricStorage,
  spans: z.object({
    spans: z.number().int(),
    bytes: z.number(),
    bytesMax: z.number(),
    /** Not stored since the start, because their time was too old or in the future. */
    outsideTime: z.number().int(),
  }),
  log: z.object({ bytes: z.number() }),
  /** Null while nothing is received. */
  receivers: z
    .object({ waiting: z.number().int(), refusedRequests: z.number().int(), samples: z.number().int() })
    .nullable(),
  memory: z.object({
    residentBytes: z.number(),
    /** Pages that are shared count in part; null where the system does not say. */
    proportionalBytes: z.number().nullable(),
    threads: z.array(ThreadMemory),
  }),
});
export type HealthReport = z.infer<typeof HealthReport>;
