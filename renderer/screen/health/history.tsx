import { type ReactNode, useState } from 'react';
import type { HealthHistory } from '../../../shared/model/health.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { sparkPath } from '../../chart/sparkline.tsx';
import { HISTORY_RANGES, type HistoryRange } from '../../state/health.ts';
import { useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { absoluteUtc, bytesText, coarse } from '../../ui/format.ts';
import { Problem, Skeleton } from '../../ui/state.tsx';
import styles from './health.module.css';
import { RangeChoice } from './range-choice.tsx';

const EVERY_MS = 10_000;
const WIDTH = 300;
const HEIGHT = 56;

interface CurveView {
  readonly name: 'loopDelayMs' | 'waiting' | 'pollingLagMs' | 'storeBytes';
  readonly title: string;
  readonly text: (value: number) => string;
  /** The design's own limit, drawn where the curve comes near it. */
  readonly limit: number | null;
}

const ms = (value: number) => (value < 10 ? `${value.toFixed(1)} ms` : formatDuration(Math.round(value)));
const CURVES: readonly CurveView[] = [
  { name: 'loopDelayMs', title: 'Loop delay, p99', text: ms, limit: 20 },
  { name: 'pollingLagMs', title: 'Polling lag', text: ms, limit: 1_000 },
  {
    name: 'waiting',
    title: 'Waiting calls and requests',
    text: (value) => value.toLocaleString('en-GB'),
    limit: null,
  },
  { name: 'storeBytes', title: 'Sample store', text: bytesText, limit: null },
];

/** How Midwatch fared since its start: the largest value of each step, gaps where it did not run. */
export function History() {
  const core = useCore();
  const [range, setRange] = useState<HistoryRange>('hour');
  useRefresh(`own-history-${range}`, EVERY_MS, () => {
    void core.health.loadHistory(range, core.clock.getState().nowAt);
  });
  const { value, failure } = useLoaded(core.health.history, range);
  return (
    <section className="box" aria-labelledby="own-history">
      <div className="box-head">
        <h2 id="own-history">Course</h2>
        <span className="t3 s12">
          {value?.sinceAt ? `since ${absoluteUtc(value.sinceAt)}, a day at most` : 'since the start'}
        </span>
        <span className="push">
          <RangeChoice
            legend="Span of the curves"
            name="history-range"
            ranges={HISTORY_RANGES}
            chosen={range}
            onChoose={setRange}
          />
        </span>
      </div>
      {failure && (
        <Problem title={value === null ? 'The curves could not be read' : 'These curves are old'}>
          {failure.text}
        </Problem>
      )}
      {value === null && !failure && <Skeleton rows={2} label="Loading the curves" />}
      {value && (
        <div className={`num ${styles.curves}`}>
          {CURVES.map((curve) => (
            <Curve key={curve.name} curve={curve} history={value} />
          ))}
        </div>
      )}
    </section>
  );
}

function Curve({ curve, history }: { curve: CurveView; history: HealthHistory }): ReactNode {
  const values = history[curve.name];
  const seen = values.filter((one) => one !== null);
  const last = seen.at(-1);
  if (last === undefined)
    return (
      <figure className={styles.curve}>
        <figcaption>{curve.title}</figcaption>
        <p className="t3 s12">nothing noted yet</p>
      </figure>
    );
  const most = Math.max(...seen);
  // A size that hardly moves is drawn from its least, whatever else from zero.
  const floor = curve.name === 'storeBytes' ? Math.min(...seen) * 0.98 : 0;
  const top = Math.max(most, floor + 1e-9);
  const y = (value: number) => HEIGHT - 2 - ((value - floor) / (top - floor)) * (HEIGHT - 4);
  const limit = curve.limit !== null && curve.limit <= top ? curve.limit : null;
  const hours = coarse(values.length * history.stepMs);
  return (
    <figure className={styles.curve}>
      <figcaption>
        {curve.title} <b>{curve.text(last)}</b>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${curve.title} over ${hours}: now ${curve.text(last)}, at most ${curve.text(most)}`}
      >
        {limit !== null && <line x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} />}
        <path d={sparkPath(values, (i) => (i / Math.max(1, values.length - 1)) * WIDTH, y)} />
      </svg>
      <span className="t3 s12">
        most {curve.text(most)}
        {limit !== null && `, limit ${curve.text(limit)}`}
      </span>
    </figure>
  );
}
