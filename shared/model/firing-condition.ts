import { z } from 'zod';
import { parseDuration } from '../unit/time.ts';

/** When something may fire at all: while an expression holds, and by the time since its service was deployed. */
export const FiringCondition = z.object({
  /** PromQL: it holds where a series of its answer has the same labels and is not zero. */
  expression: z.string().nullable(),
  deployedWithinMs: z.number().nullable(),
  deployedBeforeMs: z.number().nullable(),
});
export type FiringCondition = z.infer<typeof FiringCondition>;

/** As configuration writes it, checked before; undefined where it says nothing. */
export function readFiringCondition(written: {
  readonly when?: string | undefined;
  readonly deployedWithin?: string | undefined;
  readonly deployedBefore?: string | undefined;
}): FiringCondition | undefined {
  const { when, deployedWithin, deployedBefore } = written;
  if (when === undefined && deployedWithin === undefined && deployedBefore === undefined) return undefined;
  return {
    expression: when ?? null,
    deployedWithinMs: parseDuration(deployedWithin ?? '') ?? null,
    deployedBeforeMs: parseDuration(deployedBefore ?? '') ?? null,
  };
}
