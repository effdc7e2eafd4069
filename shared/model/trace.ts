import { z } from 'zod';

/** One timed operation of one request. Attributes are hostile text, bounded where they are received. */
export const Span = z.object({
  /** 32 hexadecimal digits. */
  traceId: z.string(),
  /** 16 hexadecimal digits. */
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  service: z.string(),
  name: z.string(),
  kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
  /** Milliseconds UTC, with fractions: stages of an inference are shorter than one. */
  startAt: z.number(),
  durationMs: z.number(),
  status: z.enum(['unset', 'ok', 'error']),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type Span = z.infer<typeof Span>;

/** All spans of one service with one name in a span of time: how often, how often failed, and how long. */
export const StageSummary = z.object({
  service: z.string(),
  name: z.string(),
  count: z.number().int().positive(),
  /** Fraction of spans with an error. */
  errorShare: z.number(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  p99Ms: z.number(),
  /** Time spent in them all together. */
  totalMs: z.number(),
});
export type StageSummary = z.infer<typeof StageSummary>;
