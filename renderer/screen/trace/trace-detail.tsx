import { useMemo, useState } from 'react';
import type { Span } from '../../../shared/model/trace.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';
import { hashOf } from '../../state/route.ts';
import { FIRST_VIEW, viewText } from '../../state/signal-view.ts';
import { type WaterfallRow, waterfallOf } from '../../state/trace-tree.ts';
import { useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { absoluteUtc } from '../../ui/format.ts';
import { Empty, Problem, Skeleton } from '../../ui/state.tsx';
import { Exemplars } from './exemplars.tsx';
import { SpanDetail } from './span-detail.tsx';
import { spanTime } from './span-time.ts';
import styles from './trace.module.css';
import { WaterfallTable } from './waterfall.tsx';

/** Spans of one request come one after the other: an open trace is looked at again while it may still grow. */
const GROWS_MS = 5_000;

/** One trace: its spans as a waterfall, and one of them with all that it carries. */
export function TraceDetail({ traceId, onClose }: { traceId: string; onClose: () => void }) {
  const core = useCore();
  useRefresh(`trace-${traceId}`, GROWS_MS, () => void core.trace.loadSpans(traceId));
  const { value: spans, failure } = useLoaded(core.trace.spans, traceId);
  return (
    <section aria-label="Trace">
      <div className="pane-head">
        <h2 className="clip">{spans?.[0] ? 'Trace' : 'A trace'}</h2>
        <code className="s12 t2 clip" title={traceId}>
          {traceId}
        </code>
        <span className="push line">
          <Button kind="quiet" onPress={() => void copy(core, traceId)}>
            Copy id
          </Button>
          <Button kind="quiet" onPress={onClose}>
            Close
          </Button>
        </span>
      </div>
      {failure && <Problem title="This trace could not be read">{failure.text}</Problem>}
      {spans === null && !failure && <Skeleton rows={5} label="Reading the trace" />}
      {spans?.length === 0 && (
        <Empty glyph="no-data" title="This trace is not kept">
          <p>
            Either it was never sent to Midwatch (senders may sample), or it is past its day or made room for
            newer ones.
          </p>
        </Empty>
      )}
      {spans && spans.length > 0 && <Body traceId={traceId} spans={spans} />}
    </section>
  );
}

function copy(core: ReturnType<typeof useCore>, traceId: string): Promise<void> {
  return navigator.clipboard.writeText(traceId).then(
    () => core.ui.toast('ok', 'The trace’s identifier is copied.'),
    () => core.ui.toast('problem', 'The browser did not allow copying. Select the identifier instead.'),
  );
}

function Body({ traceId, spans }: { traceId: string; spans: readonly Span[] }) {
  const waterfall = useMemo(() => waterfallOf(spans), [spans]);
  const [chosen, setChosen] = useState<string | null>(null);
  const failed = spans.filter((one) => one.status === 'error');
  const row =
    waterfall.rows.find((one) => one.span.spanId === chosen) ??
    firstFailed(waterfall.rows) ??
    waterfall.rows[0];
  const services = new Set(spans.map((one) => one.service)).size;
  return (
    <div className={styles.body}>
      <p className="num s12 t2">
        {absoluteUtc(waterfall.startAt)}, {spanTime(waterfall.durationMs)}, {spans.length}{' '}
        {spans.length === 1 ? 'span' : 'spans'} of {services} {services === 1 ? 'service' : 'services'}
        {failed.length > 0 && <b className="c-burn">, {failed.length} failed</b>}.
      </p>
      <p className="s12">
        <a className="link" href={chartsHash(waterfall.startAt, waterfall.durationMs)}>
          Charts of this time
        </a>
      </p>
      <WaterfallTable waterfall={waterfall} chosen={row?.span.spanId ?? null} onChoose={setChosen} />
      {row && <SpanDetail row={row} />}
      <Exemplars traceId={traceId} />
    </div>
  );
}

/** Where it began to fail: the deepest of the spans with an error, the earliest of them. */
function firstFailed(rows: readonly WaterfallRow[]): WaterfallRow | undefined {
  const failed = rows.filter((one) => one.span.status === 'error');
  return failed.toSorted((a, b) => b.depth - a.depth || a.span.startAt - b.span.startAt)[0];
}

/** Signals over a quarter of an hour with the trace in its middle. */
function chartsHash(startAt: number, durationMs: number): string {
  const fromAt = Math.floor(startAt - 7 * MINUTE_MS);
  const toAt = Math.ceil(startAt + durationMs + 7 * MINUTE_MS);
  return hashOf({
    screen: 'signals',
    view: viewText({ ...FIRST_VIEW, range: { kind: 'between', fromAt, toAt } }),
  });
}
