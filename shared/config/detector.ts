import { z } from 'zod';
import { Priority } from '../model/priority.ts';
import { Identifier, PromDuration, Query, Title } from './duration.ts';

/** One detector as a file writes it; every default is that of the domain terms, section 4. */
export const DetectorConfig = z
  .strictObject({
    id: Identifier,
    title: Title.optional(),
    service: Identifier,
    /** May be left out where the workspace has one source. */
    source: Identifier.optional(),
    query: Query,
    unit: z.string().max(20).default(''),
    algorithm: z.literal('zscore').default('zscore'),
    window: z.number().int().min(3).max(10_000).default(20),
    threshold: z.number().positive().default(3),
    persistence: z
      .strictObject({
        flagged: z.number().int().min(1).default(3),
        of: z.number().int().min(1).default(5),
      })
      .prefault({})
      .refine((persistence) => persistence.flagged <= persistence.of, {
        message: 'expected no more flagged points than points: write for example { flagged: 3, of: 5 }',
      }),
    rebase_after: z.number().int().min(1).default(20),
    priority: Priority.default('P2'),
    /** PromQL: it may fire only while this holds. */
    when: Query.optional(),
    /** It may fire only so long after its service was deployed, or only later than that. */
    deployed_within: PromDuration.optional(),
    deployed_before: PromDuration.optional(),
  })
  .describe('A detector: it learns a pattern and says when it is broken');
export type DetectorConfig = z.infer<typeof DetectorConfig>;

/** `detectors/*.yaml` */
export const DetectorsFile = z.strictObject({ detectors: z.array(DetectorConfig) });
export type DetectorsFile = z.infer<typeof DetectorsFile>;
