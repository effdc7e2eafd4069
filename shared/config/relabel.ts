import { z } from 'zod';

const LabelName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, {
  message: 'is not a label name: letters, digits and underscores, not beginning with a digit',
});

/** What a rule does; the names and meanings are Prometheus'. */
export const RelabelAction = z.enum([
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
]);
export type RelabelAction = z.infer<typeof RelabelAction>;

const NEEDS_TARGET: ReadonlySet<RelabelAction> = new Set([
  'replace',
  'hashmod',
  'lowercase',
  'uppercase',
  'keepequal',
  'dropequal',
]);

/**
 * One rule of `metric_relabel`, applied to each scraped series in order.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */
export const RelabelRule = z
  .strictObject({
    source_labels: z.array(LabelName).max(64).default([]),
    separator: z.string().max(64).default(';'),
    regex: z.string().max(10_000).default('(.*)'),
    modulus: z.number().int().min(1).max(1_000_000).optional(),
    target_label: z.string().max(256).optional(),
    replacement: z.string().max(1_024).default('$1'),
    action: RelabelAction.default('replace'),
  })
  .superRefine((rule, context) => {
    const problem = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (NEEDS_TARGET.has(rule.action) && rule.target_label === undefined)
      problem('action', `is ${rule.action}, which needs target_label`);
    if (rule.action === 'hashmod' && rule.modulus === undefined)
      problem('action', 'is hashmod, which needs modulus');
    if (rule.action !== 'replace' && rule.target_label?.includes('$'))
      problem('target_label', `cannot hold a reference such as $1 with the action ${rule.action}`);
    if (rule.action.startsWith('label') && rule.source_labels.length > 0)
      problem('source_labels', `means nothing with the action ${rule.action}, which looks at every label`);
  });
export type RelabelRule = z.infer<typeof RelabelRule>;

export const RelabelRules = z.array(RelabelRule).max(500);
