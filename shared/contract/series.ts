import { oc } from '@orpc/contract';
import { z } from 'zod';
import { Binary } from './binary.ts';
import { contractErrors } from './error.ts';
import { InstantSampleWire } from './instant.ts';

const base = oc.errors(contractErrors);

export const seriesContract = {
  /** Range query, answered as one binary series file: JSON text would cost more than the data. */
  range: base
    .input(
      z.object({
        source: z.string().max(200),
        expression: z.string().max(10_000),
        fromAt: z.number().int(),
        toAt: z.number().int(),
        stepMs: z.number().int().positive(),
      }),
    )
    .output(Binary),
  instant: base
    .input(
      z.object({
        source: z.string().max(200),
        expression: z.string().max(10_000),
        at: z.number().int().optional(),
      }),
    )
    .output(z.array(InstantSampleWire)),
  /** Burn rates of an objective's windows over time, for its chart: one series a window, labelled `window`. */
  burn: base
    .input(
      z.object({
        objectiveId: z.string().max(200),
        fromAt: z.number().int(),
        toAt: z.number().int(),
        stepMs: z.number().int().positive(),
      }),
    )
    .output(Binary),
  /** Budget remaining over the period (fraction), for the burn-down. */
  budget: base.input(z.object({ objectiveId: z.string().max(200) })).output(Binary),
};
