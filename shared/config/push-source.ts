import { z } from 'zod';
import { Duration, Identifier, LabelSet, SecretReference, SeverityPriorities } from './source-part.ts';

/** What a sender may push: OpenTelemetry, Prometheus remote write, Alertmanager's webhook, events such as deployments. */
export const PushProtocol = z.enum(['otlp', 'remote-write', 'alertmanager', 'event']);
export type PushProtocol = z.infer<typeof PushProtocol>;

/** A sender that brings its samples itself; nobody is asked, so silence is the only sign that it is gone. */
export const PushSource = z
  .strictObject({
    kind: z.literal('push'),
    id: Identifier,
    title: z.string().min(1).max(200).optional(),
    /** Tells the sender from others; it comes as a bearer token. */
    token: SecretReference,
    accept: z
      .array(PushProtocol)
      .min(1)
      .default([...PushProtocol.options])
      .transform((all) => [...new Set(all)]),
    /** Put onto each series; what the sender says under such a name is kept as `exported_…`. */
    labels: LabelSet.default({}),
    /** One runaway label must not fill the disk: series over the cap are refused by name. */
    series_limit: z.number().int().min(1).max(1_000_000).default(50_000),
    /** How often something should arrive. Silence over two of these is blindness. */
    expect_every: Duration.prefault('15s'),
    /** At most one evaluation in this time; the first sample after a pause is evaluated at once. */
    evaluate_every: Duration.prefault('1s'),
    priorities: SeverityPriorities,
  })
  .superRefine((input, context) => {
    if (input.evaluate_every > input.expect_every)
      context.addIssue({
        code: 'custom',
        path: ['evaluate_every'],
        message: 'must not be longer than expect_every: samples that arrived would wait for the next ones',
      });
  })
  .transform((input) => ({
    kind: input.kind,
    id: input.id,
    title: input.title ?? input.id,
    token: input.token,
    accept: input.accept,
    labels: input.labels,
    seriesLimit: input.series_limit,
    /** How often something is due, as for a source that is polled. */
    pollEveryMs: input.expect_every,
    evaluateEveryMs: input.evaluate_every,
    priorities: input.priorities,
  }));
