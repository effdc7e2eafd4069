import { z } from 'zod';
import { Labels } from '../model/metric.ts';

/** A sample on the wire; NaN and infinities travel as text, as JSON has none. */
export const InstantSampleWire = z.object({
  labels: Labels,
  at: z.number(),
  value: z.union([z.number(), z.string()]),
});
