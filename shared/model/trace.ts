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

/** One trace in a list: what its first span is, how long all of it took, and whose request it was. */
export const TraceSummary = z.object({
  traceId: z.string(),
  /** Of the span without a parent; of the earliest one that is kept where that is not among them. */
  service: z.string(),
  name: z.string(),
  hasRoot: z.boolean(),
  startAt: z.number(),
  /** From the first start to the last end. */
  durationMs: z.number(),
  spans: z.number().int().positive(),
  /** Spans with an error. */
  failed: z.number().int(),
  services: z.number().int().positive(),
  /** The attributes `request_id` and `model_version` of its spans; null where none has them. */
  requestId: z.string().nullable(),
  modelVersion: z.string().nullable(),
});
export type TraceSummary = z.infer<typeof TraceSummary>;

/** What the spans of a time are told apart by, and how far back they are kept. */
export const TraceFacets = z.object({
  spans: z.number().int(),
  /** Start of the oldest and the newest span that is kept at all; null while there is none. */
  oldestAt: z.number().nullable(),
  newestAt: z.number().nullable(),
  modelVersions: z.array(z.string()),
  /** By the time that was spent in them, most first; at most 200. */
  stages: z.array(StageSummary),
});
export type TraceFacets = z.infer<typeof TraceFacets>;
