import { z } from 'zod';
import { Priority } from '../model/priority.ts';
import { parseDuration } from '../unit/time.ts';

const Duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, { message: 'is not a duration such as 5m, 1h or 3d' });

/**
 * One row of a burn-rate policy as a file writes it. Either `budget_fraction` (the threshold is derived for each period)
 * or a literal `threshold` (the fraction is then computed and shown).
 */
export const PolicyRowConfig = z
  .strictObject({
    name: z.string().min(1),
    priority: Priority,
    long: Duration,
    short: Duration,
    budget_fraction: z.number().gt(0).lte(1).optional(),
    threshold: z.number().gt(0).optional(),
  })
  .refine((row) => (row.budget_fraction === undefined) !== (row.threshold === undefined), {
    message: 'needs exactly one of budget_fraction and threshold',
  })
  .refine((row) => (parseDuration(row.short) ?? 0) < (parseDuration(row.long) ?? 0), {
    message: 'needs a short window shorter than its long one',
  });
export type PolicyRowConfig = z.infer<typeof PolicyRowConfig>;

/** A multi-window, multi-burn-rate policy: rows in order, the most urgent first. Data, with the source it came from. */
export const PolicyConfig = z
  .strictObject({
    id: z.string().min(1),
    title: z.string().min(1),
    /** Where the numbers come from: a link or a section. */
    source: z.string().min(1),
    /** A derived threshold under 1 alerts on a service that keeps its objective; true raises it to 1 and says so. */
    raise_to_one: z.boolean(),
    /** Fewer failures than this in the long window start no alert. */
    minimum_failures: z.number().int().min(0).default(3),
    /** Fewer events than this in the short window start no alert, unless half of them failed. */
    minimum_events: z.number().int().min(0).default(10),
    rows: z.array(PolicyRowConfig).min(1),
  })
  .refine((policy) => policy.rows.every((row, at) => at === 0 || rank(policy.rows[at - 1]) <= rank(row)), {
    message: 'needs its rows in order, the most urgent priority first: the first row that holds wins',
  })
  .refine((policy) => new Set(policy.rows.map((row) => row.name)).size === policy.rows.length, {
    message: 'has two rows of the same name: an alert could not say which one held',
  });
export type PolicyConfig = z.infer<typeof PolicyConfig>;

function rank(row: PolicyRowConfig | undefined): number {
  return Number(row?.priority.slice(1) ?? 0);
}
