import { z } from 'zod';

/** What Midwatch knows of a source. `starting` is neither good nor bad: nothing has been tried yet. */
export const SourceCondition = z.enum([
  'starting',
  'ok',
  'slow',
  'unauthorised',
  'unreachable',
  'wrong-answer',
  'stale',
]);
export type SourceCondition = z.infer<typeof SourceCondition>;

export const SourceKind = z.enum(['prometheus', 'exposition', 'push', 'alertmanager']);
export type SourceKind = z.infer<typeof SourceKind>;

/** Whether expressions can be asked of such a source; an Alertmanager brings alerts and answers none. */
export function answersQueries(kind: SourceKind): boolean {
  return kind !== 'alertmanager';
}

/** How fresh what is decided is: domain terms, section 1. */
export const FreshnessClass = z.enum(['real-time', 'near-real-time', 'batch', 'historical']);
export type FreshnessClass = z.infer<typeof FreshnessClass>;

/** Measured from the receipt of a sample to the decision that rests on it, over the latest decisions. */
export const DecisionDelay = z.object({
  p50Ms: z.number(),
  p95Ms: z.number(),
  /** Decisions since the start. */
  decisions: z.number().int(),
  freshness: FreshnessClass,
});
export type DecisionDelay = z.infer<typeof DecisionDelay>;

export const SourceStatus = z.object({
  id: z.string(),
  kind: SourceKind,
  /** Where it is, without credentials. */
  address: z.string(),
  condition: SourceCondition,
  sinceAt: z.number(),
  lastOkAt: z.number().nullable(),
  lastTryAt: z.number().nullable(),
  nextTryAt: z.number().nullable(),
  latencyMs: z.number().nullable(),
  /** What happened, what it means for the watch, what to do. Null while all is well. */
  problem: z.string().nullable(),
  pollEveryMs: z.number(),
  polls: z.number(),
  missedTicks: z.number(),
  seriesCount: z.number().nullable(),
  /** For direct scrapes: one entry a target. */
  targets: z.array(
    z.object({
      id: z.string(),
      up: z.boolean(),
      lastOkAt: z.number().nullable(),
      problem: z.string().nullable(),
    }),
  ),
  /** Who pushes, as it calls itself; hostile text. Null for a source that is asked. */
  sender: z.string().nullable(),
  /** Samples of it that were not kept, by reason, since the start. */
  leftOut: z.array(z.object({ reason: z.string(), count: z.number().int() })),
  /** Null before the first decision. */
  decisionDelay: DecisionDelay.nullable(),
  /** Objectives and rules that are blind while this source does not answer. */
  blinds: z.array(z.string()),
});
export type SourceStatus = z.infer<typeof SourceStatus>;

/** A source can be trusted for a decision only in these conditions. */
export function isWatching(condition: SourceCondition): boolean {
  return condition === 'ok' || condition === 'slow';
}
