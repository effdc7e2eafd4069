import { useMemo, useState } from 'react';
import type { BoardPanel } from '../../../shared/model/board.ts';
import { joinUnwatched } from '../../../shared/model/watch.ts';
import { SignalChart } from '../../chart/signal-chart.tsx';
import type { SignalData, SignalPoint } from '../../chart/signal-data.ts';
import { unwatchedSpans } from '../../state/burn-view.ts';
import { boundsOfLines, type PanelBounds } from '../../state/signal-bounds.ts';
import type { SignalFrame } from '../../state/signal-frame.ts';
import { type MarkWish, signalMarks } from '../../state/signal-marks.ts';
import type { PanelAnswer } from '../../state/signal-panel.ts';
import { frameSummary } from '../../state/signal-summary.ts';
import type { SignalView } from '../../state/signal-view.ts';
import { viewSpans } from '../../state/unwatched.ts';
import {
  useCollection,
  useCore,
  useLine,
  useLoaded,
  useNowEvery,
  useRefresh,
} from '../../state/use-core.tsx';
import { Empty, Problem, Skeleton } from '../../ui/state.tsx';
import { BoundsNote } from './bounds-note.tsx';
import { ExemplarList } from './exemplar-list.tsx';
import { HeatReading } from './heat-reading.tsx';
import { InstantTable } from './instant-table.tsx';
import { Legend } from './legend.tsx';
import styles from './signal.module.css';
import { useSignals } from './signals.tsx';
import { usePanelBounds, usePastChanges } from './use-bounds.ts';

export interface PanelBodyProps {
  view: SignalView;
  panel: BoardPanel;
  source: string;
  asked: PanelAnswer;
  tab: 'chart' | 'table';
  marks: MarkWish;
  pinned: readonly string[];
  onPin: (series: string) => void;
}

const COLOURS = ['chart-1', 'chart-2', 'chart-3', 'chart-4', 'chart-5', 'chart-6'];
const TABLE_EVERY_MS = 10_000;

export function PanelBody(props: PanelBodyProps) {
  const { asked, tab, panel, source } = props;
  const { frame, failure, asking } = asked.answer;
  if (tab === 'table') return <Latest panel={panel} source={source} />;
  if (!frame) return asking && !failure ? <Skeleton rows={4} label="Waiting for the answer" /> : null;
  if (panel.draw === 'heatmap' && !frame.heat && frame.rows.names.length > 0)
    return (
      <Problem title="This is no histogram">
        <p>
          A heatmap needs series with the label <code>le</code>, such as{' '}
          <code>sum by (le) (rate(NAME_bucket[5m]))</code>. Show it as lines, or change the expression.
        </p>
      </Problem>
    );
  if (frame.rows.names.length === 0)
    return (
      <Empty glyph="no-data" title="No data">
        <p>
          No series of {source} fits this expression in this range. No data is not zero: look at the name and
          the labels, or take a longer range.
        </p>
      </Empty>
    );
  return <Drawn {...props} frame={frame} />;
}

function Drawn({
  view,
  panel,
  source,
  asked,
  marks,
  pinned,
  onPin,
  frame,
}: PanelBodyProps & { frame: SignalFrame }) {
  const core = useCore();
  const [point, setPoint] = useState<SignalPoint | null>(null);
  const [focus, setFocus] = useState<number | null>(null);
  const bounds = usePanelBounds(panel.expression, source, frame, marks.bounds);
  const data = useData(frame, source, marks, bounds);
  const colourOf = (line: number) => COLOURS[(frame.lines[line]?.row ?? line) % COLOURS.length] as string;
  const summary = useMemo(() => frameSummary(panel, frame), [panel, frame]);
  return (
    <div className={styles.drawn} data-answered={asked.answer.answeredAt ?? undefined}>
      <figure className={styles.figure}>
        <SignalChart
          data={data}
          summary={summary}
          focus={focus === null ? null : columnOf(data, frame, focus)}
          link="signals"
          unit={panel.unit}
          zone={view.zone}
          onPoint={setPoint}
          onZoom={core.signal.zoom}
          onReset={core.signal.resetZoom}
        />
        {bounds && <BoundsNote bounds={bounds} />}
      </figure>
      {frame.heat ? (
        <HeatReading heat={frame.heat} frame={frame} point={point} unit={panel.unit} zone={view.zone} />
      ) : (
        <Legend
          frame={frame}
          unit={panel.unit}
          slot={point?.slot ?? null}
          at={point ? (frame.seconds[point.slot] ?? 0) * 1_000 : null}
          zone={view.zone}
          colourOf={colourOf}
          pinned={pinned}
          onFocus={setFocus}
          onPin={onPin}
        />
      )}
      <ExemplarList source={source} expression={panel.expression} fromAt={frame.fromAt} toAt={frame.toAt} />
    </div>
  );
}

/** Lines and, behind each that has one, the same a week earlier. */
function useData(
  frame: SignalFrame,
  source: string,
  wish: MarkWish,
  expected: PanelBounds | null,
): SignalData {
  const incidents = useCollection('incidents').byId;
  const changes = useCollection('changes').byId;
  const detectors = useCollection('detectors').byId;
  const status = useCollection('sources').byId.get(source);
  const connection = useLine((state) => state.connection);
  const now = useNowEvery(5_000);
  const past = usePastChanges();
  const { fromAt, toAt } = frame;
  const marks = useMemo(
    () =>
      signalMarks(
        { incidents: incidents.values(), changes: changes.values(), detectors: detectors.values(), past },
        wish,
        { fromAt, toAt },
      ),
    [incidents, changes, detectors, past, wish, fromAt, toAt],
  );
  const spans = useMemo(
    () => viewSpans(joinUnwatched([frame.unwatched, unwatchedSpans(status, connection, now)])),
    [frame.unwatched, status, connection, now],
  );
  return useMemo(() => {
    const columns = frame.lines.flatMap((line) => {
      const colour = COLOURS[line.row % COLOURS.length] as string;
      const own = { values: line.values, colour, dashed: false };
      return line.before ? [{ values: line.before, colour, dashed: true }, own] : [own];
    });
    const bounds = boundsOfLines(frame, expected).map(({ line, low, high }) => ({
      column: columns.findIndex((one) => one.values === frame.lines[line]?.values),
      low,
      high,
    }));
    const { seconds, band, heat } = frame;
    return { fromAt, toAt, seconds, columns, band, bounds, heat, marks, spans };
  }, [frame, expected, fromAt, toAt, marks, spans]);
}

function columnOf(data: SignalData, frame: SignalFrame, line: number): number | null {
  const values = frame.lines[line]?.values;
  const column = data.columns.findIndex((one) => one.values === values);
  return column < 0 ? null : column;
}

function Latest({ panel, source }: { panel: BoardPanel; source: string }) {
  const { answers } = useSignals();
  const key = `${source} ${panel.expression}`;
  useRefresh(
    key,
    TABLE_EVERY_MS,
    () => void answers.askInstant(key, { source, expression: panel.expression }),
  );
  const loaded = useLoaded(answers.instants, key);
  if (loaded.value) return <InstantTable answer={loaded.value} unit={panel.unit} />;
  if (loaded.failure)
    return (
      <Problem title="No answer">
        <p>{loaded.failure.text}</p>
      </Problem>
    );
  return <Skeleton rows={6} label="Waiting for the latest values" />;
}
