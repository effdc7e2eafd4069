import { type CSSProperties, useState } from 'react';
import type { Waterfall, WaterfallRow } from '../../state/trace-tree.ts';
import { Glyph } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { spanTime } from './span-time.ts';
import styles from './trace.module.css';

const COLOURS = 6;
/** Deeper levels are drawn at this one: the name must keep its place. */
const DEPTH_MAX = 10;
const ROWS_FIRST = 200;

export interface WaterfallTableProps {
  waterfall: Waterfall;
  chosen: string | null;
  onChoose: (spanId: string) => void;
}

/** One line a span, each drawn over the time of the whole trace; parents stand over their children. */
export function WaterfallTable({ waterfall, chosen, onChoose }: WaterfallTableProps) {
  const [shown, setShown] = useState(ROWS_FIRST);
  const services = [...new Set(waterfall.rows.map((row) => row.span.service))];
  const rows = waterfall.rows.slice(0, shown);
  return (
    <>
      <table className={`num small ${styles.waterfall}`} aria-label="Waterfall">
        <thead>
          <tr>
            <th scope="col">Span</th>
            <th scope="col" className="n">
              Took
            </th>
            <th scope="col" className={styles.scale}>
              <span>0</span>
              <span>{spanTime(waterfall.durationMs / 2)}</span>
              <span>{spanTime(waterfall.durationMs)}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.span.spanId}
              row={row}
              startAt={waterfall.startAt}
              colour={(services.indexOf(row.span.service) % COLOURS) + 1}
              showsService={services.length > 1}
              isChosen={row.span.spanId === chosen}
              onChoose={onChoose}
            />
          ))}
        </tbody>
      </table>
      {waterfall.rows.length > rows.length && (
        <div className={styles.more}>
          <Button onPress={() => setShown(shown + ROWS_FIRST)}>
            Show {Math.min(ROWS_FIRST, waterfall.rows.length - rows.length)} more of{' '}
            {waterfall.rows.length.toLocaleString('en-GB')} spans
          </Button>
        </div>
      )}
    </>
  );
}

interface RowProps {
  row: WaterfallRow;
  startAt: number;
  colour: number;
  showsService: boolean;
  isChosen: boolean;
  onChoose: (spanId: string) => void;
}

function Row({ row, startAt, colour, showsService, isChosen, onChoose }: RowProps) {
  const { span } = row;
  const failed = span.status === 'error';
  const style: CSSProperties & { '--from': number; '--size': number; '--c': string } = {
    '--from': row.left,
    '--size': row.width,
    '--c': failed ? 'var(--burning)' : `var(--chart-${colour})`,
  };
  const indent: CSSProperties & { '--depth': number } = { '--depth': Math.min(row.depth, DEPTH_MAX) };
  return (
    <tr aria-current={isChosen || undefined}>
      <td style={indent} className={styles.nameCell}>
        <button
          type="button"
          className={styles.link}
          aria-pressed={isChosen}
          onClick={() => onChoose(span.spanId)}
        >
          {failed && (
            <>
              <Glyph name="firing" tone="burn" />
              <span className="vh">failed: </span>
            </>
          )}
          <b>{span.name}</b> {showsService && <span className="t3">{span.service}</span>}
        </button>
      </td>
      <td className="n">{spanTime(span.durationMs)}</td>
      <td>
        <span
          className={styles.bar}
          data-critical={row.critical || undefined}
          style={style}
          title={`${spanTime(span.startAt - startAt)} after the start, for ${spanTime(span.durationMs)}${row.critical ? '; the end waited for it' : ''}`}
        >
          <i />
        </span>
      </td>
    </tr>
  );
}
