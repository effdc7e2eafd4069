import { z } from 'zod';

/** One event behind the numbers of a series, such as the trace of one slow request. All labels are hostile text. */
export const Exemplar = z.object({
  /** Of the series it was exposed with. */
  series: z.record(z.string(), z.string()),
  /** Its own, such as `trace_id`. */
  labels: z.record(z.string(), z.string()),
  /** Infinities and NaN as text. */
  value: z.union([z.number(), z.string()]),
  /** Its own time, or that of the scrape which first had it. */
  at: z.number(),
});
export type Exemplar = z.infer<typeof Exemplar>;
