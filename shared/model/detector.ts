import { z } from 'zod';
import { FiringCondition } from './firing-condition.ts';
import { Labels } from './metric.ts';
import { Priority } from './priority.ts';

/** The moving z-score: sample σ of the window before the point, persistence before it counts. */
export const Detector = z.object({
  id: z.string(),
  title: z.string(),
  service: z.string(),
  source: z.string(),
  query: z.string(),
  unit: z.string(),
  algorithm: z.literal('zscore'),
  window: z.number().int().min(3),
  threshold: z.number().positive(),
  /** Flagged points out of the last ones before the verdict is *anomalous*. */
  persistence: z.object({ flagged: z.number().int().min(1), of: z.number().int().min(1) }),
  rebaseAfter: z.number().int().min(1),
  priority: Priority,
  /** Absent: it may always fire. */
  when: FiringCondition.optional(),
  definedAt: z.string(),
});
export type Detector = z.infer<typeof Detector>;

export const DetectorVerdict = z.object({
  labels: Labels,
  at: z.number(),
  actual: z.number(),
  expected: z.number().nullable(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** |z|; null while warming up; -1 stands for infinite (constant until now). */
  score: z.number().nullable(),
  flagged: z.boolean(),
  anomalous: z.boolean(),
  levelChange: z.boolean(),
  reason: z.string(),
});
export type DetectorVerdict = z.infer<typeof DetectorVerdict>;

export const DetectorStatus = z.object({
  detector: Detector,
  state: z.enum(['starting', 'warming', 'ok', 'anomalous', 'no-data', 'blind']),
  reason: z.string(),
  evaluatedAt: z.number().nullable(),
  verdicts: z.array(DetectorVerdict),
});
export type DetectorStatus = z.infer<typeof DetectorStatus>;
