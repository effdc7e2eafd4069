import type { TracePart } from '../api/index.ts';
import type { Threads } from './threads.ts';

/** Traces for people: read in the thread that answers them, beside their questions. */
export function tracesOf({ explore }: Pick<Threads, 'explore'>): TracePart {
  return {
    search: (question) => explore.call.searchTraces(question),
    spans: (traceId) => explore.call.spansOf(traceId),
    facets: (fromAt, toAt) => explore.call.traceFacets(fromAt, toAt),
  };
}
