import type { TraceQuestion } from '../../shared/contract/trace.ts';
import type { Span, TraceFacets, TraceSummary } from '../../shared/model/trace.ts';
import { answering, procedures } from './context.ts';

/** The spans that are kept, asked in a thread of their own. */
export interface TracePart {
  readonly search: (
    question: TraceQuestion & { readonly skip: number; readonly limit: number },
  ) => Promise<{ traces: TraceSummary[]; more: boolean }>;
  readonly spans: (traceId: string) => Promise<Span[]>;
  readonly facets: (fromAt: number, toAt: number) => Promise<TraceFacets>;
}

/** Requests about traces. */
export function traceRouter({ search, spans, facets }: TracePart) {
  const at = procedures.trace;
  return at.router({
    search: at.search.handler(({ input, errors }) => answering(errors, () => search(input))),
    spans: at.spans.handler(({ input, errors }) => answering(errors, () => spans(input.traceId))),
    facets: at.facets.handler(({ input, errors }) =>
      answering(errors, () => facets(input.fromAt, input.toAt)),
    ),
  });
}
