import { z } from 'zod';
import { parseDuration } from '../unit/time.ts';
import { DurationMs, Identifier, Query } from './duration.ts';

/** The annotations of Midwatch in an OpenSLO document; other tools leave them alone. */
export const ANNOTATION = {
  source: 'midwatch.dev/source',
  policy: 'midwatch.dev/policy',
  threshold: 'midwatch.dev/latency-threshold',
  kind: 'midwatch.dev/kind',
  wake: 'midwatch.dev/wake',
  wakeFloor: 'midwatch.dev/wake-floor',
  delay: 'midwatch.dev/evaluation-delay',
  when: 'midwatch.dev/when',
  deployedWithin: 'midwatch.dev/deployed-within',
  deployedBefore: 'midwatch.dev/deployed-before',
} as const;

/** Where a query of a latency objective names the bucket; each objective fills in its own `value`. */
export const THRESHOLD_PLACE = '$threshold';

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

const IndicatorPart = z.strictObject({
  metadata: z.looseObject({}).optional(),
  spec: z
    .strictObject({
      description: z.string().optional(),
      ratioMetric: RatioMetric.optional(),
      thresholdMetric: MetricSource.optional(),
    })
    .refine((spec) => (spec.ratioMetric === undefined) !== (spec.thresholdMetric === undefined), {
      message: 'expected exactly one of ratioMetric and thresholdMetric',
    }),
});
export type IndicatorPart = z.infer<typeof IndicatorPart>;

const CALENDAR_DURATION = /^([1-9]\d*)([dwMQY])$/;

/** `1M`, `1Q`: a month is no fixed time, so calendar periods have letters of their own. */
export function readCalendarDuration(
  text: string,
): { unit: 'day' | 'week' | 'month' | 'quarter' | 'year'; count: number } | undefined {
  const [, digits, letter] = CALENDAR_DURATION.exec(text) ?? [];
  const unit = ({ d: 'day', w: 'week', M: 'month', Q: 'quarter', Y: 'year' } as const)[letter ?? ''];
  return unit && digits ? { unit, count: Number(digits) } : undefined;
}

function isRollingDuration(text: string): boolean {
  return DurationMs.safeParse(text).success;
}

const START_TIME = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?$/;

const CalendarConfig = z.strictObject({
  startTime: z.string().regex(START_TIME, { message: 'expected a time such as 2026-01-01 00:00:00' }),
  timeZone: z
    .string()
    .refine(isTimeZone, { message: 'expected a time zone such as Europe/Berlin or UTC' })
    .default('UTC'),
});

const TimeWindow = z
  .strictObject({
    // By itself, since what is said of the whole window waits until each part of it is there.
    duration: z
      .string({ error: 'expected a duration; write for example 28d, or 1M of a calendar' })
      .refine((text) => isRollingDuration(text) || readCalendarDuration(text) !== undefined, {
        error: ({ input }) =>
          `expected a duration; write for example 28d instead of ${JSON.stringify(input)}`,
      }),
    isRolling: z.boolean({ error: 'expected isRolling: true, or false with a calendar' }),
    calendar: CalendarConfig.optional(),
  })
  .superRefine((window, context) => {
    const say = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const isRolling = isRollingDuration(window.duration);
    const isCalendar = readCalendarDuration(window.duration) !== undefined;
    if (window.isRolling) {
      if (!isRolling && isCalendar)
        say(
          'duration',
          `expected a duration; write for example 28d instead of ${JSON.stringify(window.duration)}`,
        );
      if (window.calendar) say('calendar', 'expected no calendar in a rolling period');
    } else {
      if (isRolling && !isCalendar)
        say('duration', `expected 1d, 1w, 1M, 1Q or 1Y, got ${JSON.stringify(window.duration)}`);
      if (!window.calendar)
        say(
          'calendar',
          'expected a calendar; write for example { startTime: 2026-01-01 00:00:00, timeZone: Europe/Berlin }',
        );
    }
  });

const Fraction = z
  .number({ error: 'expected a fraction between 0 and 1; write for example 0.999' })
  .gt(0, { message: 'expected a fraction above 0; write for example 0.999' })
  .lt(1, { message: 'expected a fraction below 1; write for example 0.999 (or targetPercent: 99.9)' });

const Target = z
  .strictObject({
    displayName: z.string().max(300).optional(),
    op: z.enum(['lte', 'gte', 'lt', 'gt'], { error: 'expected one of lte, gte, lt, gt' }).optional(),
    value: z.number().optional(),
    target: Fraction.optional(),
    targetPercent: z
      .number()
      .gt(0, { message: 'expected a percentage above 0; write for example 99.9' })
      .lt(100, { message: 'expected a percentage below 100; write for example 99.9' })
      .optional(),
    /** Under `Timeslices` of a ratio: the share of good events that makes a slice good. */
    timeSliceTarget: z.number().gt(0).lte(1, { message: 'expected a fraction of at most 1' }).optional(),
    timeSliceWindow: DurationMs.optional(),
    /** A composite: each objective has an indicator of its own, or names that of another document. */
    indicator: IndicatorPart.optional(),
    indicatorRef: Identifier.optional(),
    compositeWeight: z.number().gt(0, { message: 'expected a weight above 0' }).optional(),
  })
  .refine((one) => (one.target === undefined) !== (one.targetPercent === undefined), {
    message: 'expected exactly one of target and targetPercent',
  })
  .refine((one) => one.indicator === undefined || one.indicatorRef === undefined, {
    message: 'expected only one of indicator and indicatorRef',
  });
export type TargetConfig = z.infer<typeof Target>;

/**
 * An OpenSLO v1 document of kind SLO: a ratio of counters or a threshold over a metric, rolling or calendar period,
 * occurrences or time slices; with an indicator in each objective it is a composite.
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
    spec: z
      .strictObject({
        description: z.string().max(2_000).optional(),
        service: Identifier,
        indicator: IndicatorPart.optional(),
        timeWindow: z.array(TimeWindow).length(1, {
          message: 'expected exactly one time window, for example [{ duration: 28d, isRolling: true }]',
        }),
        budgetingMethod: z.enum(['Occurrences', 'Timeslices'], {
          error: 'expected budgetingMethod: Occurrences or Timeslices',
        }),
        objectives: z.array(Target).min(1, { message: 'expected at least one objective with a target' }),
        alertPolicies: z.array(z.unknown()).optional(),
      })
      .superRefine((spec, context) => checkSpec(spec, context)),
  })
  .describe('An objective, as OpenSLO v1 writes it');
export type OpenSloFile = z.infer<typeof OpenSloFile>;

interface Spec {
  readonly indicator?: IndicatorPart | undefined;
  readonly budgetingMethod: 'Occurrences' | 'Timeslices';
  readonly objectives: readonly TargetConfig[];
}

/** What fits together only as a whole: which indicator, which budgeting, which thresholds. */
function checkSpec(spec: Spec, context: z.RefinementCtx): void {
  const say = (path: PropertyKey[], message: string) =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const own = spec.objectives.filter((one) => one.indicator ?? one.indicatorRef);
  if (spec.indicator && own.length > 0)
    say(['indicator'], 'expected an indicator here or one in each objective (a composite), not both');
  if (!spec.indicator && own.length < spec.objectives.length)
    say(['indicator'], 'expected an indicator, or one in each objective for a composite');
  for (const [at, one] of spec.objectives.entries()) {
    const path = ['objectives', at];
    const indicator = (one.indicator ?? spec.indicator)?.spec;
    if (one.op !== undefined && one.value === undefined) say(path, 'expected a value beside op');
    if (spec.budgetingMethod === 'Occurrences') {
      if (indicator?.thresholdMetric)
        say(
          path,
          'expected budgetingMethod: Timeslices: a threshold over a metric is good or bad by the slice',
        );
      if (one.timeSliceTarget !== undefined)
        say([...path, 'timeSliceTarget'], 'expected budgetingMethod: Timeslices beside a timeSliceTarget');
      const buckets = JSON.stringify(indicator ?? '').includes(THRESHOLD_PLACE);
      if (buckets && one.value === undefined)
        say(
          path,
          `expected op: lte and a value in seconds, which stands for ${THRESHOLD_PLACE} in the query`,
        );
      continue;
    }
    if (own.length > 0) say(path, 'expected budgetingMethod: Occurrences: a composite counts events');
    if (indicator?.thresholdMetric && one.value === undefined)
      say(path, 'expected op and value: the threshold that makes a slice good');
    if (indicator?.ratioMetric && one.timeSliceTarget === undefined && one.value === undefined)
      say(
        path,
        'expected timeSliceTarget (the share of good events of a good slice), or op: gte and value (the least rate per second, for throughput)',
      );
  }
}

const KINDS = ['availability', 'latency', 'throughput', 'accuracy'];

function checkAnnotations(annotations: Readonly<Record<string, string>>, context: z.RefinementCtx): void {
  const known: readonly string[] = Object.values(ANNOTATION);
  const say = (name: string, message: string) => context.addIssue({ code: 'custom', path: [name], message });
  for (const [name, value] of Object.entries(annotations)) {
    if (name.startsWith('midwatch.dev/') && !known.includes(name))
      say(name, `expected one of ${known.join(', ')}`);
    const got = `instead of ${JSON.stringify(value)}`;
    if (name === ANNOTATION.threshold && !((parseDuration(value) ?? 0) > 0))
      say(name, `expected a duration; write for example 250ms ${got}`);
    const isDeployed = name === ANNOTATION.deployedWithin || name === ANNOTATION.deployedBefore;
    if (isDeployed && !((parseDuration(value) ?? 0) > 0))
      say(name, `expected a duration; write for example 30m ${got}`);
    if (name === ANNOTATION.when && value.trim() === '')
      say(name, 'expected a PromQL expression such as sum(rate(requests_total[5m])) > 1');
    if (name === ANNOTATION.delay && parseDuration(value) === undefined)
      say(name, `expected a duration; write for example 30s ${got}`);
    if (name === ANNOTATION.kind && !KINDS.includes(value))
      say(name, `expected one of ${KINDS.join(', ')} ${got}`);
    if (name === ANNOTATION.wake && value !== 'always' && value !== 'budget')
      say(name, `expected always or budget ${got}`);
    if (name === ANNOTATION.wakeFloor && !(Number(value) >= 0 && Number(value) <= 1))
      say(name, `expected a fraction from 0 to 1; write for example 0.25 ${got}`);
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch (thrown) {
    if (thrown instanceof RangeError) return false;
    throw thrown;
  }
}
