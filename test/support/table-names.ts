import { ok } from '../../shared/error/result.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';

/** The values of each label of each metric. */
export type NameTable = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** What a source answers that knows the names of a table and nothing of their kinds. */
export function namesOf(table: NameTable): NonNullable<QueryTarget['names']> {
  const labelsOf = (selector = '') => table[selector.replace(/\{.*/, '')] ?? {};
  return {
    metrics: async () =>
      ok({
        metrics: Object.keys(table).map((name) => ({
          name,
          kind: 'unknown' as const,
          help: '',
          unit: '',
          from: 'name' as const,
        })),
        complete: true,
      }),
    labelNames: async ({ selector }) => ok({ names: Object.keys(labelsOf(selector)), complete: true }),
    labelValues: async (label, { selector }) =>
      ok({ names: [...(labelsOf(selector)[label] ?? [])], complete: true }),
  };
}
