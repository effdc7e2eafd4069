import { useEffect, useRef } from 'react';
import { FOUND_MAX, type FoundTraces, searchKey } from '../../state/trace.ts';
import {
  FIRST_TRACES,
  type TraceView,
  timesOfRange,
  tracesRoute,
  traceViewOf,
} from '../../state/trace-view.ts';
import { useCore, useLive, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { absoluteUtc } from '../../ui/format.ts';
import { Empty, Problem, Skeleton } from '../../ui/state.tsx';
import { SearchForm } from './search-form.tsx';
import { Stages } from './stages.tsx';
import styles from './trace.module.css';
import { TraceDetail } from './trace-detail.tsx';
import { TraceList } from './trace-list.tsx';

/** A person types faster than a search answers. */
const TYPED_MS = 200;
const FOUND_EVERY_MS = 5_000;
const FACETS_EVERY_MS = 15_000;

/** Requests as their spans tell of them: found by what they are known by, and one of them stage by stage. */
export function TraceScreen({ view: text }: { view: string }) {
  const core = useCore();
  const view = traceViewOf(text);
  const { value, failure } = useFound(view);
  const rangeKey = JSON.stringify(view.range);
  useRefresh(`trace-facets-${rangeKey}`, view.range.kind === 'last' ? FACETS_EVERY_MS : 0, () => {
    void core.trace.loadFacets(view, core.clock.getState().nowAt);
  });
  const facets = useLoaded(core.trace.facets, rangeKey).value;
  const change = (part: Partial<TraceView>) => core.ui.go(tracesRoute({ ...view, ...part }));
  const nothingKept = facets !== null && facets.oldestAt === null;
  return (
    <main className={styles.main} tabIndex={-1}>
      <div className="pane">
        <div className="pane-head">
          <h1 className="pane-title">Traces</h1>
          <span className="t3 s12 clip">{value ? countText(value) : ''}</span>
        </div>
        <SearchForm view={view} facets={facets} onChange={change} />
        {failure && (
          <Problem title={value === null ? 'Traces could not be searched' : 'This list is old'}>
            {failure.text}
          </Problem>
        )}
        {value === null && !failure && <Skeleton rows={8} label="Searching traces" />}
        {nothingKept && value?.traces.length === 0 && <NothingKept />}
        {!nothingKept && value?.traces.length === 0 && <NoneFits view={view} onChange={change} />}
        {value && value.traces.length > 0 && (
          <TraceList found={value} open={view.trace} onOpen={(trace) => change({ trace })} />
        )}
        {value?.more && value.traces.length < FOUND_MAX && (
          <div className={styles.more}>
            <Button onPress={() => void core.trace.more(view)}>Show more</Button>
          </div>
        )}
        {value?.more && value.traces.length >= FOUND_MAX && (
          <p className={`s12 t2 ${styles.more}`}>
            There are more. Shorten the time or add a word to see the others.
          </p>
        )}
        {facets?.oldestAt != null && <Bounds view={view} oldestAt={facets.oldestAt} />}
      </div>
      <div className="pane">
        {view.trace === null ? (
          <Stages facets={facets} view={view} onChange={change} />
        ) : (
          <TraceDetail key={view.trace} traceId={view.trace} onClose={() => change({ trace: null })} />
        )}
      </div>
    </main>
  );
}

/** What was found for the view; what was found before stays while the next is searched. */
function useFound(view: TraceView) {
  const core = useCore();
  const live = useLive();
  const key = searchKey(view);
  const { value, failure } = useLoaded(core.trace.found, key);
  const everyMs = view.range.kind === 'last' ? FOUND_EVERY_MS : 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the view, and the time of asking is no question
  useEffect(() => {
    if (!live) return;
    const ask = () => void core.trace.search(view, core.clock.getState().nowAt);
    const first = setTimeout(ask, TYPED_MS);
    const timer = everyMs > 0 ? setInterval(ask, everyMs) : undefined;
    return () => {
      clearTimeout(first);
      clearInterval(timer);
    };
  }, [core, live, key]);
  const last = useRef<FoundTraces | null>(null);
  if (value) last.current = value;
  return { value: value ?? last.current, failure };
}

function countText({ traces, more }: FoundTraces): string {
  const count = traces.length.toLocaleString('en-GB');
  return traces.length === 1 ? '1 trace' : `${count}${more ? ' and more' : ''} traces, the newest first`;
}

function NothingKept() {
  return (
    <Empty glyph="no-data" title="No spans yet">
      <p>
        Midwatch keeps the spans that are sent to it as OTLP over HTTP. Add a push source in Settings (g s)
        and aim an exporter at its address, <code>/v1/traces</code>, with its token.
      </p>
    </Empty>
  );
}

function NoneFits({ view, onChange }: { view: TraceView; onChange: (part: Partial<TraceView>) => void }) {
  const isDay = view.range.kind === 'last' && view.range.ms >= 86_400_000;
  const cleared = { ...FIRST_TRACES, range: view.range, trace: view.trace };
  const isFiltered = searchKey(cleared) !== searchKey(view);
  return (
    <Empty
      glyph="found"
      title="No trace fits"
      actions={
        <>
          {!isDay && (
            <Button onPress={() => onChange({ range: { kind: 'last', ms: 86_400_000 } })}>
              Search the last day
            </Button>
          )}
          {isFiltered && <Button onPress={() => onChange(cleared)}>Clear the conditions</Button>}
        </>
      }
    >
      <p>
        In this time no span that is kept fits {isFiltered ? 'all the conditions at once' : 'the search'}.
      </p>
    </Empty>
  );
}

/** Spans are a bounded cache: where the asked time begins before it, that is said. */
function Bounds({ view, oldestAt }: { view: TraceView; oldestAt: number }) {
  const core = useCore();
  const { fromAt } = timesOfRange(view.range, core.clock.getState().nowAt);
  return (
    <p className={`s12 t3 num ${styles.bounds}`}>
      {fromAt < oldestAt
        ? `Nothing is kept from before ${absoluteUtc(oldestAt)}.`
        : `Kept since ${absoluteUtc(oldestAt)}.`}{' '}
      Spans are kept for a day, 200,000 of them and 256 MB at most.
    </p>
  );
}
