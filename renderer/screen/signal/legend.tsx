import { useVirtualizer } from '@tanstack/react-virtual';
import { type CSSProperties, useMemo, useRef, useState } from 'react';
import { axisNumber } from '../../chart/axis-number.ts';
import type { SignalFrame } from '../../state/signal-frame.ts';
import styles from './legend.module.css';
import panel from './signal.module.css';
import { timeText } from './time-text.ts';

export interface LegendProps {
  frame: SignalFrame;
  unit: string;
  /** Column under the crosshair; null: the latest. */
  slot: number | null;
  /** The time of that column. */
  at: number | null;
  zone: 'utc' | 'local';
  colourOf: (line: number) => string;
  pinned: readonly string[];
  onFocus: (line: number | null) => void;
  onPin: (name: string) => void;
}

const ROW_PX = 24;
type Order = 'max' | 'last' | 'name';

/** Every series, whether it has a line or not: its value under the crosshair, and its highest. A press draws it in any case. */
export function Legend(props: LegendProps) {
  const { frame, unit, slot, at, zone, colourOf, pinned, onFocus, onPin } = props;
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<Order>('max');
  const scroller = useRef<HTMLDivElement>(null);
  const lineOf = useMemo(() => new Map(frame.lines.map((line, at) => [line.row, at])), [frame]);
  const rows = useMemo(() => orderRows(frame, search, order), [frame, search, order]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  return (
    <div className={styles.legend}>
      <div className={styles.head}>
        <span className="t3 s12 num">
          {at === null ? `latest, ${unit || 'no unit'}` : timeText(at, zone)}
        </span>
        {frame.rows.names.length > 8 && (
          <input
            type="search"
            className={panel.field}
            aria-label="Search the series"
            placeholder={`Search ${frame.rows.names.length.toLocaleString('en-US')} series`}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        )}
        <span className={styles.columns}>
          {(['name', 'last', 'max'] as const).map((one) => (
            <button
              key={one}
              type="button"
              className="link"
              aria-pressed={order === one}
              onClick={() => setOrder(one)}
            >
              {{ name: 'Series', last: slot === null ? 'Latest' : 'Here', max: 'Highest' }[one]}
            </button>
          ))}
        </span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section ref={scroller} className={styles.rows} tabIndex={0} aria-label="Series">
        <div className={styles.space} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index] as number;
            const line = lineOf.get(row);
            const name = frame.rows.names[row] as string;
            const value = valueAt(frame, row, line, slot);
            return (
              <button
                key={name}
                type="button"
                className={styles.row}
                style={{ transform: `translateY(${item.start}px)` }}
                aria-pressed={pinned.includes(name)}
                title={name}
                onClick={() => onPin(name)}
                onMouseEnter={() => onFocus(line ?? null)}
                onMouseLeave={() => onFocus(null)}
                onFocus={() => onFocus(line ?? null)}
                onBlur={() => onFocus(null)}
              >
                <i style={swatch(line === undefined ? null : colourOf(line))} aria-hidden="true" />
                <span className="clip mono">{name}</span>
                <b className="num">{numberText(value, unit)}</b>
                <span className="num t3">{numberText(frame.rows.max[row] as number, unit)}</span>
              </button>
            );
          })}
        </div>
      </section>
    </div>
  );
}

function orderRows({ rows }: SignalFrame, search: string, order: Order): readonly number[] {
  const wanted = search.trim().toLowerCase();
  const all = rows.names.map((_, row) => row);
  const found = wanted === '' ? all : all.filter((row) => rows.names[row]?.toLowerCase().includes(wanted));
  if (order === 'name')
    return found.sort((a, b) => ((rows.names[a] as string) < (rows.names[b] as string) ? -1 : 1));
  // What has no number stands last: it is neither high nor low.
  const rank = (row: number) => {
    const value = rows[order][row] as number;
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
  };
  return found.sort((a, b) => (rank(a) === rank(b) ? a - b : rank(b) - rank(a)));
}

/** Under the crosshair only drawn lines are known by their samples; the others have crossed as their statistics. */
function valueAt(frame: SignalFrame, row: number, line: number | undefined, slot: number | null): number {
  if (slot === null) return frame.rows.last[row] as number;
  return line === undefined ? Number.NaN : ((frame.lines[line]?.values[slot] ?? Number.NaN) as number);
}

function numberText(value: number, unit: string): string {
  return Number.isNaN(value) ? '–' : axisNumber(value, unit);
}

function swatch(colour: string | null): CSSProperties {
  const style: CSSProperties & { '--k': string } = {
    '--k': colour === null ? 'transparent' : `var(--${colour})`,
  };
  return style;
}
