import { z } from 'zod';
import { Priority } from './priority.ts';
import { FreshnessClass } from './source.ts';

export { FreshnessClass } from './source.ts';

/** What a signal tells of: machines, the model, or what it is worth. */
export const Dimension = z.enum(['infrastructure', 'model', 'business']);
export type Dimension = z.infer<typeof Dimension>;

export const MetricKind = z.enum(['counter', 'gauge', 'histogram', 'summary']);
export type MetricKind = z.infer<typeof MetricKind>;

const Identifier = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, {
  message: 'expected an identifier of lower-case letters, digits, "." and "-"',
});
/** Longer expressions than these in a file of ours are a mistake, and a pattern of that length can be made to hang. */
const TEXT_MAX = 500;
const MetricName = z.string().regex(/^[A-Za-z_:][A-Za-z0-9_:]{0,199}$/, {
  message: 'expected the name of a metric',
});
const LabelName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, {
  message: 'expected the name of a label',
});
const Line = z.string().min(1).max(TEXT_MAX);

/**
 * Label matchers as a catalogue writes them: `code: "=~5.."` is `code=~"5.."`; without an operator the value must be equal.
 * The value is text or an anchored regular expression and is quoted where it is rendered.
 */
const Matchers = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*(?:\|[A-Za-z_][A-Za-z0-9_]*)*$/, {
      message: 'expected the name of a label, or several with "|" of which the first that is there is taken',
    }),
    z.string().min(1).max(200),
  )
  .default({});

/** One counter of an indicator. The metric is the signal's own where none is named. */
const Counted = z.strictObject({ metric: MetricName.optional(), labels: Matchers });
export type Counted = z.infer<typeof Counted>;

/** Good, bad and total events as sums of counters; several are added. */
const AvailabilityTemplate = z
  .strictObject({
    kind: z.literal('availability'),
    title: Line,
    good: z.array(Counted).min(1).optional(),
    bad: z.array(Counted).min(1).optional(),
    total: z.array(Counted).min(1),
  })
  .refine((one) => (one.good === undefined) !== (one.bad === undefined), {
    message: 'expected exactly one of good and bad beside total',
  });

/** The share of a histogram's events at or under one of its boundaries. */
const LatencyTemplate = z.strictObject({
  kind: z.literal('latency'),
  title: Line,
  /** The share that should be faster than the threshold. */
  quantile: z.number().gt(0.5).lt(1).default(0.99),
  labels: Matchers,
});

export const ObjectiveTemplate = z.discriminatedUnion('kind', [AvailabilityTemplate, LatencyTemplate]);
export type ObjectiveTemplate = z.infer<typeof ObjectiveTemplate>;

/** An expression with `$selector` for the service's matchers, as in `max(queue{$selector})`. */
const Expression = z
  .string()
  .max(TEXT_MAX)
  .regex(/\{\$selector\}/, { message: 'expected {$selector} where the labels of the service go' });

const DetectorTemplate = z.strictObject({
  title: Line,
  query: Expression,
  unit: z.string().max(20).default(''),
  priority: Priority.default('P3'),
  window: z.number().int().min(3).max(10_000).default(60),
  threshold: z.number().positive().default(4),
});
export type DetectorTemplate = z.infer<typeof DetectorTemplate>;

const PanelTemplate = z.strictObject({
  title: Line,
  query: Expression,
  unit: z.string().max(20).default(''),
});
export type PanelTemplate = z.infer<typeof PanelTemplate>;

const Signal = z
  .strictObject({
    id: Identifier,
    /** The metric's name; that of a histogram or summary without `_bucket`, `_count` and `_sum`. */
    metric: MetricName.optional(),
    /** Several names at once, as an anchored regular expression. */
    pattern: z.string().min(1).max(200).optional(),
    /** At least one of these must be on the metric for the entry to mean it. */
    needs: z.array(LabelName).default([]),
    kind: MetricKind,
    unit: z.string().max(30).default(''),
    means: Line,
    dimension: Dimension,
    freshness: FreshnessClass,
    /** Labels that may name the service, the best first; the convention's own where none are named. */
    service: z.array(LabelName).optional(),
    objectives: z.array(ObjectiveTemplate).default([]),
    detector: DetectorTemplate.optional(),
    panels: z.array(PanelTemplate).default([]),
  })
  .refine((one) => (one.metric === undefined) !== (one.pattern === undefined), {
    message: 'expected exactly one of metric and pattern',
  })
  .refine((one) => one.metric !== undefined || (one.objectives.length === 0 && !one.detector), {
    message: 'expected a metric, not a pattern, where objectives or a detector are proposed',
  })
  .refine((one) => one.kind === 'histogram' || one.objectives.every((two) => two.kind !== 'latency'), {
    message: 'expected the kind histogram where a latency objective is proposed',
  });
export type Signal = z.infer<typeof Signal>;

/** One convention of metric names, such as those of vLLM: `assets/catalogue/*.yaml`. */
export const CatalogueFile = z
  .strictObject({
    id: Identifier,
    title: Line,
    /** Where the names and their meaning come from. */
    source: z.url({ protocol: /^https$/ }),
    /** Conventions of one rank count the same requests; of several in a service the lowest rank is proposed first. */
    rank: z.number().int().min(0).max(100).default(50),
    /** Labels that may name the service, the best first. */
    service: z.array(LabelName).min(1),
    signals: z.array(Signal).min(1),
  })
  .describe('Signals that a convention of metric names has, and what to propose from them');
export type CatalogueFile = z.infer<typeof CatalogueFile>;
