import { z } from 'zod';
import { PanelDraw, parseRange } from '../model/board.ts';
import { DurationMs, Identifier, Query, Title } from './duration.ts';

const Range = z
  .string({ error: 'expected a range: a duration such as 6h, or two instants parted by "/"' })
  .transform((text, context) => {
    const range = parseRange(text);
    if (range) return range;
    context.addIssue({
      code: 'custom',
      message: `expected a range instead of ${JSON.stringify(text)}: write a duration such as 6h, or two instants such as 2026-11-24T02:00:00Z/2026-11-24T04:00:00Z`,
    });
    return z.NEVER;
  });

const Panel = z.strictObject({
  title: z.string().max(300).default(''),
  /** May be left out where the workspace has one source. */
  source: Identifier.optional(),
  expression: Query,
  unit: z.string().max(20).default(''),
  draw: PanelDraw.default('lines'),
  /** Beside it the same a week earlier. */
  compare: z.boolean().default(false),
});

/** More panels than these are not read by anybody, and each is a query at every refresh. */
const PANELS_MAX = 24;

/** `dashboards/*.yaml`: a saved board of the Signals screen. Its id is the file's name. */
export const BoardFile = z
  .strictObject({
    title: Title,
    range: Range.prefault('1h'),
    /** Left out: as many steps as the charts are wide. */
    step: DurationMs.optional(),
    panels: z
      .array(Panel)
      .min(1, { message: 'expected at least one panel' })
      .max(PANELS_MAX, { message: `expected at most ${PANELS_MAX} panels; make a second board` }),
  })
  .describe('A saved board of the Signals screen');
export type BoardFile = z.infer<typeof BoardFile>;
