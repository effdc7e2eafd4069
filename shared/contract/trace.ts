import { oc } from '@orpc/contract';
import { z } from 'zod';
import { Span, TraceFacets, TraceSummary } from '../model/trace.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);
const Instant = z.number().int();
const Name = z.string().min(1).max(1_000);

/** Which traces are asked for: those with a span for which all of it holds. */
export const TraceQuestion = z.object({
  /**
   * Words and conditions, all of which must hold: a word stands anywhere in the span's name, attributes or trace identifier;
   * a condition compares one attribute, as in `request_id=req-17` or `prediction_confidence<0.5`.
   */
  text: z.string().max(500).default(''),
  service: Name.optional(),
  name: Name.optional(),
  modelVersion: Name.optional(),
  failed: z.boolean().default(false),
  /** At least this long. */
  durationMs: z.number().min(0).optional(),
  fromAt: Instant,
  toAt: Instant,
});
export type TraceQuestion = z.infer<typeof TraceQuestion>;

export const traceContract = {
  /** The newest first, a page at a time. */
  search: base
    .input(
      TraceQuestion.extend({
        skip: z.number().int().min(0).max(200_000).default(0),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ traces: z.array(TraceSummary), more: z.boolean() })),
  /** All spans of one trace in the order of their start, 5 000 at most; none where it is not kept. */
  spans: base.input(z.object({ traceId: z.string().max(64) })).output(z.array(Span)),
  facets: base.input(z.object({ fromAt: Instant, toAt: Instant })).output(TraceFacets),
};
