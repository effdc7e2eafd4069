import { z } from 'zod';

/** How PromQL over local metrics is evaluated; remote sources evaluate by their own version. */
export const PromqlConfig = z
  .strictObject({
    /** Whose rules hold: Prometheus 3's, or those of its second major version (closed ranges and the like). */
    compat: z
      .union([z.literal(2), z.literal(3)], { error: 'expected 2 or 3, the major version of Prometheus' })
      .default(3),
  })
  .prefault({});
export type PromqlConfig = z.output<typeof PromqlConfig>;
