import { z } from 'zod';
import { Priority } from '../model/priority.ts';
import { parseDuration } from '../unit/time.ts';

const Duration = z.string().refine((text) => parseDuration(text) !== undefined, {
  message: 'is not a duration such as 30s, 5m or 1h',
});

const LabelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, {
  message: 'is not a label name: letters, digits and underscores, not beginning with a digit',
});

/** What happens while a rule has no data, or cannot be evaluated. */
const Policy = z.enum(['keep', 'alert', 'ok']);

/**
 * One alerting rule as Prometheus writes it. The labels `priority` and `service` say how urgent it is and whose it is;
 * the annotations `source`, `no_data`, `error`, `resolve_at`,
 * `when`, `watchdog`, `deployed_within` and `deployed_before` are Midwatch's own and mean nothing to Prometheus.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
 */
export const AlertRuleConfig = z.strictObject({
  alert: z.string().min(1).max(200),
  expr: z.union([z.string().min(1), z.number().transform(String)]),
  for: Duration.optional(),
  keep_firing_for: Duration.optional(),
  labels: z
    .record(LabelName, z.string())
    .default({})
    .refine((labels) => labels.priority === undefined || Priority.safeParse(labels.priority).success, {
      message: 'has a priority that is none of P0, P1, P2 and P3',
      path: ['priority'],
    }),
  annotations: z
    .record(LabelName, z.string())
    .default({})
    .refine(
      (notes) =>
        [notes.no_data, notes.error].every((one) => one === undefined || Policy.safeParse(one).success),
      { message: 'has a policy (no_data, error) that is none of keep, alert and ok' },
    )
    .refine(({ watchdog }) => watchdog === undefined || watchdog === 'true' || watchdog === 'false', {
      message: 'has a watchdog that is neither "true" nor "false"',
      path: ['watchdog'],
    })
    .refine(
      ({ resolve_at }) =>
        resolve_at === undefined || (resolve_at !== '' && Number.isFinite(Number(resolve_at))),
      { message: 'has a resolve_at that is not a number', path: ['resolve_at'] },
    )
    .refine(
      (notes) =>
        [notes.deployed_within, notes.deployed_before].every(
          (one) => one === undefined || parseDuration(one) !== undefined,
        ),
      { message: 'has a deployed_within or deployed_before that is not a duration such as 30s, 5m or 1h' },
    ),
});
export type AlertRuleConfig = z.infer<typeof AlertRuleConfig>;

/** A rule file: groups of rules. `interval` and `limit` are read and left to the schedule of the source. */
export const AlertRuleFile = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string().min(1),
      interval: Duration.optional(),
      limit: z.number().int().min(0).optional(),
      rules: z.array(AlertRuleConfig),
    }),
  ),
});
export type AlertRuleFile = z.infer<typeof AlertRuleFile>;
