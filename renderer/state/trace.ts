import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Exemplar } from '../../shared/model/exemplar.ts';
import type { Span, TraceFacets, TraceSummary } from '../../shared/model/trace.ts';
import type { Failure } from './failure.ts';
import { createLoadedStore, createLoader, type LoadedStore } from './loaded.ts';
import type { Requests } from './request.ts';
import { type TraceView, timesOfRange } from './trace-view.ts';

/** The traces found so far; the time they were searched in stands still while pages are turned. */
export interface FoundTraces {
  readonly fromAt: number;
  readonly toAt: number;
  readonly traces: readonly TraceSummary[];
  readonly more: boolean;
}

/** What the Traces screen asks for. */
export interface TraceDomain {
  /** By `searchKey`. */
  readonly found: LoadedStore<FoundTraces>;
  /** By trace. */
  readonly spans: LoadedStore<readonly Span[]>;
  /** By range. */
  readonly facets: LoadedStore<TraceFacets>;
  /** By trace: exemplars that name it. */
  readonly exemplars: LoadedStore<readonly Exemplar[]>;
  search(view: TraceView, now: number): Promise<void>;
  /** The page behind what was found. */
  more(view: TraceView): Promise<void>;
  loadSpans(traceId: string): Promise<void>;
  loadFacets(view: TraceView, now: number): Promise<void>;
  loadExemplars(traceId: string): Promise<void>;
}

const PAGE = 50;
/** As many as a person scrolls through; a search that finds more wants another word. */
export const FOUND_MAX = 500;

/** Searches that differ in nothing but the open trace are one. */
export function searchKey(view: TraceView): string {
  return JSON.stringify({ ...view, trace: null });
}

export function createTraceDomain(requests: Requests): TraceDomain {
  const found = createLoadedStore<FoundTraces>();
  const spans = createLoadedStore<readonly Span[]>();
  const facets = createLoadedStore<TraceFacets>();
  const exemplars = createLoadedStore<readonly Exemplar[]>();
  const loadFound = createLoader(found);
  const loadSpans = createLoader(spans);
  const loadFacets = createLoader(facets);
  const loadExemplars = createLoader(exemplars);
  return {
    found,
    spans,
    facets,
    exemplars,
    search: (view, now) =>
      loadFound(searchKey(view), async (before) => {
        const times = timesOfRange(view.range, now);
        // Whoever turned pages keeps as many, so that nothing moves away under the eye.
        const limit = Math.min(200, Math.max(PAGE, before?.traces.length ?? 0));
        const read = await ask(requests, view, { ...times, skip: 0, limit });
        return read.ok ? ok({ ...times, ...read.value }) : err(read.error);
      }),
    more: (view) =>
      loadFound(searchKey(view), async (before) => {
        if (before === null) return ok({ fromAt: 0, toAt: 0, traces: [], more: false });
        const { fromAt, toAt, traces } = before;
        const read = await ask(requests, view, { fromAt, toAt, skip: traces.length, limit: PAGE });
        if (!read.ok) return err(read.error);
        const known = new Set(traces.map((one) => one.traceId));
        const fresh = read.value.traces.filter((one) => !known.has(one.traceId));
        return ok({ fromAt, toAt, traces: [...traces, ...fresh], more: read.value.more });
      }),
    loadSpans: (traceId) => loadSpans(traceId, () => requests.quiet((api) => api.trace.spans({ traceId }))),
    loadFacets: (view, now) =>
      loadFacets(JSON.stringify(view.range), () =>
        requests.quiet((api) => api.trace.facets(timesOfRange(view.range, now))),
      ),
    loadExemplars: (traceId) =>
      loadExemplars(traceId, () => requests.quiet((api) => api.source.exemplars({ traceId, limit: 20 }))),
  };
}

function ask(
  requests: Requests,
  view: TraceView,
  page: { fromAt: number; toAt: number; skip: number; limit: number },
): Promise<Result<{ traces: TraceSummary[]; more: boolean }, Failure>> {
  const { text, service, name, version, failed, durationMs } = view;
  return requests.quiet((api) =>
    api.trace.search({
      text: text.trim(),
      failed,
      ...page,
      ...(service === '' ? {} : { service }),
      ...(name === '' ? {} : { name }),
      ...(version === '' ? {} : { modelVersion: version }),
      ...(durationMs === null ? {} : { durationMs }),
    }),
  );
}
