import { type CSSProperties, useMemo, useState } from 'react';
import type { SourceStatus } from '../../../shared/model/source.ts';
import {
  LEDGER_RANGES,
  type LedgerAnswer,
  type LedgerRange,
  type StripRow,
  stripRows,
} from '../../state/health.ts';
import { useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { absoluteUtc, coarse } from '../../ui/format.ts';
import { Problem, Skeleton } from '../../ui/state.tsx';
import styles from './health.module.css';
import { RangeChoice } from './range-choice.tsx';

const EVERY_MS = 10_000;

/** The watch ledger: one row a source, hatched where nobody watched it. */
export function Ledger({ ready, sources }: { ready: boolean; sources: readonly SourceStatus[] }) {
  const core = useCore();
  const [range, setRange] = useState<LedgerRange>('day');
  const load = () => void core.health.loadLedger(range, core.clock.getState().nowAt);
  useRefresh(`ledger-${range}`, EVERY_MS, load);
  const { value, failure } = useLoaded(core.health.ledger, range);
  if (ready && sources.length === 0 && (value === null || value.records.length === 0)) return null;
  return (
    <section className="box" aria-labelledby="ledger">
      <div className="box-head">
        <h2 id="ledger">Watched</h2>
        <span className="t3 s12">hatched: nobody looked at the source then</span>
        <span className="push">
          <RangeChoice
            legend="Span of the watch ledger"
            name="ledger-range"
            ranges={LEDGER_RANGES}
            chosen={range}
            onChoose={setRange}
          />
        </span>
      </div>
      {failure && (
        <Problem title={value === null ? 'The watch ledger could not be read' : 'The watch ledger is old'}>
          {failure.text}
        </Problem>
      )}
      {value === null && !failure && <Skeleton rows={3} label="Loading the watch ledger" />}
      {value && <Strip answer={value} sources={sources} />}
    </section>
  );
}

function Strip({ answer, sources }: { answer: LedgerAnswer; sources: readonly SourceStatus[] }) {
  const rows = useMemo(() => stripRows(answer, sources), [answer, sources]);
  const gaps = rows.flatMap((row) => row.gaps.map((gap) => ({ ...gap, sourceId: row.sourceId }))).reverse();
  return (
    <>
      <ul className={styles.strip}>
        {rows.map((row) => (
          <Row key={row.sourceId} row={row} />
        ))}
        <li className={styles.scale} aria-hidden="true">
          <span />
          <span className="t3 s12 num line">
            {absoluteUtc(answer.fromAt).slice(5, 16)}
            <span className="push">now</span>
          </span>
          <span />
        </li>
      </ul>
      <details className={styles.gaps}>
        <summary>
          {gaps.length === 0
            ? 'No unwatched time in this span'
            : `${gaps.length} unwatched ${gaps.length === 1 ? 'span' : 'spans'}, newest first`}
        </summary>
        {gaps.length > 0 && (
          <div className={styles.scroll}>
            <table className="num small" aria-label="Unwatched spans">
              <thead>
                <tr>
                  <th scope="col">Source</th>
                  <th scope="col">From</th>
                  <th scope="col">To</th>
                  <th scope="col" className="n">
                    Length
                  </th>
                  <th scope="col">Why</th>
                  <th scope="col">Afterwards</th>
                </tr>
              </thead>
              <tbody>
                {gaps.map((gap) => (
                  <tr key={`${gap.sourceId}-${gap.fromAt}`}>
                    <td>{gap.sourceId}</td>
                    <td className={styles.time}>{absoluteUtc(gap.fromAt)}</td>
                    <td className={styles.time}>{absoluteUtc(gap.toAt)}</td>
                    <td className="n">{gap.length}</td>
                    <td>{gap.cause}</td>
                    <td>{gap.after}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </details>
    </>
  );
}

function Row({ row }: { row: StripRow }) {
  const share = row.watched === null ? 'nothing recorded' : shareText(row.watched, row.recordedMs);
  const spans = row.gaps.length === 1 ? '1 unwatched span' : `${row.gaps.length} unwatched spans`;
  return (
    <li>
      <span className="clip" title={row.sourceId}>
        {row.sourceId}
        {!row.configured && <span className="t3 s12"> (not configured any more)</span>}
      </span>
      <span className={styles.bar} role="img" aria-label={`${row.sourceId}: ${share}, ${spans}`}>
        {row.gaps.map((gap) => {
          const style: CSSProperties = { left: `${gap.left * 100}%`, width: `${gap.width * 100}%` };
          const after = gap.after === '' ? '' : `; ${gap.after}`;
          const title = `Unwatched ${gap.length}: ${gap.cause}${after}\n${absoluteUtc(gap.fromAt)} to ${absoluteUtc(gap.toAt)}`;
          return <i key={gap.fromAt} style={style} title={title} />;
        })}
      </span>
      <span className="num t2 s12">{share}</span>
    </li>
  );
}

/** `99.98 % watched`, or `99.98 % of 6 h` where the record is younger than the span. */
function shareText(watched: number, recordedMs: number | null): string {
  const share = `${(Math.floor(watched * 10_000) / 100).toFixed(2)} %`;
  return recordedMs === null ? `${share} watched` : `${share} of ${coarse(recordedMs)}`;
}
