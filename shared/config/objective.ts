import { z } from 'zod';
import { parseDuration } from '../unit/time.ts';
import { DurationMs, Identifier, Query } from './duration.ts';

/** The annotations of Midwatch in an OpenSLO document; other tools leave them alone. */
export const ANNOTATION = {
  source: 'midwatch.dev/source',
  policy: 'midwatch.dev/policy',
  threshold: 'midwatch.dev/latency-threshold',
} as const;

const Labels = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

const MetricSource = z.strictObject({
  metricSource: z.strictObject({
    metricSourceRef: z.string().optional(),
    type: z
      .string()
      .optional()
      .refine((type) => type === undefined || type.toLowerCase() === 'prometheus', {
        message: 'expected the type Prometheus: every source of Midwatch speaks PromQL',
      }),
    spec: z.strictObject({ query: Query }),
  }),
});

const RatioMetric = z
  .strictObject({
    counter: z.literal(true, {
      error: 'expected counter: true; give counters that only grow, the increase over a window is taken here',
    }),
    good: MetricSource.optional(),
    bad: MetricSource.optional(),
    total: MetricSource,
  })
  .refine((ratio) => (ratio.good === undefined) !== (ratio.bad === undefined), {
    message: 'expected exactly one of good and bad beside total',
  });

const TimeWindow = z.strictObject({
  duration: DurationMs,
  isRolling: z.literal(true, { error: 'expected isRolling: true; calendar periods are not read yet' }),
});

const Target = z
  .strictObject({
    displayName: z.string().max(300).optional(),
    target: z
      .number({ error: 'expected a fraction between 0 and 1; write for example 0.999' })
      .gt(0, { message: 'expected a fraction above 0; write for example 0.999' })
      .lt(1, { message: 'expected a fraction below 1; write for example 0.999 (or targetPercent: 99.9)' })
      .optional(),
    targetPercent: z
      .number()
      .gt(0, { message: 'expected a percentage above 0; write for example 99.9' })
      .lt(100, { message: 'expected a percentage below 100; write for example 99.9' })
      .optional(),
  })
  .refine((one) => (one.target === undefined) !== (one.targetPercent === undefined), {
    message: 'expected exactly one of target and targetPercent',
  });

/**
 * An OpenSLO v1 document of kind SLO, the part that Midwatch reads: a ratio of counters over a rolling period.
 * Source: https://github.com/OpenSLO/OpenSLO (specification v1)
 */
export const OpenSloFile = z
  .strictObject({
    apiVersion: z.literal('openslo/v1', { error: 'expected apiVersion: openslo/v1' }),
    kind: z.literal('SLO', { error: 'expected kind: SLO; other kinds are not read yet' }),
    metadata: z.strictObject({
      name: Identifier,
      displayName: z.string().max(300).optional(),
      labels: Labels.optional(),
      annotations: z
        .record(z.string(), z.string())
        .default({})
        .superRefine((annotations, context) => checkAnnotations(annotations, context)),
    }),
    spec: z.strictObject({
      description: z.string().max(2_000).optional(),
      service: Identifier,
      indicator: z.strictObject({
        metadata: z.looseObject({}).optional(),
        spec: z.strictObject({
          description: z.string().optional(),
          ratioMetric: RatioMetric,
        }),
      }),
      timeWindow: z.array(TimeWindow).length(1, {
        message: 'expected exactly one time window, for example [{ duration: 28d, isRolling: true }]',
      }),
      budgetingMethod: z.literal('Occurrences', {
        error: 'expected budgetingMethod: Occurrences; time slices are not read yet',
      }),
      objectives: z.array(Target).min(1, { message: 'expected at least one objective with a target' }),
      alertPolicies: z.array(z.unknown()).optional(),
    }),
  })
  .describe('An objective, as OpenSLO v1 writes it');
export type OpenSloFile = z.infer<typeof OpenSloFile>;

function checkAnnotations(annotations: Readonly<Record<string, string>>, context: z.RefinementCtx): void {
  const known: readonly string[] = Object.values(ANNOTATION);
  for (const [name, value] of Object.entries(annotations)) {
    if (name.startsWith('midwatch.dev/') && !known.includes(name))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `expected one of ${known.join(', ')}`,
      });
    if (name === ANNOTATION.threshold && !((parseDuration(value) ?? 0) > 0))
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `expected a duration; write for example 250ms instead of ${JSON.stringify(value)}`,
      });
  }
}
