import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { formatSignificant } from '../../../shared/unit/number.ts';
import type { InstantAnswer } from '../../state/signal.ts';
import { sortRows, type TableSort, tableOf } from '../../state/signal-table.ts';
import { absoluteUtc } from '../../ui/format.ts';
import styles from './signal.module.css';

const ROW_PX = 26;

/** The latest value of every series, by its labels; any column sorts, only the rows in sight are drawn. */
export function InstantTable({ answer, unit }: { answer: InstantAnswer; unit: string }) {
  const [sort, setSort] = useState<TableSort>({ column: null, descending: true });
  const [search, setSearch] = useState('');
  const scroller = useRef<HTMLElement>(null);
  const table = useMemo(() => tableOf(answer.samples), [answer]);
  const rows = useMemo(() => sortRows(table, sort, search), [table, sort, search]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 8,
  });
  const inSight = virtual.getVirtualItems();
  const above = inSight[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (inSight.at(-1)?.end ?? 0);
  const press = (column: string | null) =>
    setSort((now) => ({ column, descending: now.column === column ? !now.descending : column === null }));
  return (
    <div className={styles.tablePlace}>
      <div className="line wrap">
        <input
          type="search"
          className="field"
          aria-label="Search the rows"
          placeholder="Search the labels"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
        <span className="t3 s12 num">{amountText(answer, rows.length)}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section ref={scroller} className={styles.tableScroll} tabIndex={0} aria-label="Latest values">
        <table className={styles.table} aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {table.columns.map((column) => (
                <SortHead key={column} sort={sort} column={column} text={column} press={press} />
              ))}
              <SortHead sort={sort} column={null} text={unit ? `Value, ${unit}` : 'Value'} press={press} />
            </tr>
          </thead>
          <tbody>
            <Space px={above} />
            {inSight.map((item) => {
              const row = table.rows[rows[item.index] as number];
              if (!row) return null;
              return (
                <tr key={item.key} aria-rowindex={item.index + 2}>
                  {row.cells.map((cell, at) => (
                    <td key={table.columns[at]} className="mono" title={cell}>
                      {cell}
                    </td>
                  ))}
                  <td className="n">
                    <b>{formatSignificant(row.value, 6)}</b>
                  </td>
                </tr>
              );
            })}
            <Space px={below} />
          </tbody>
        </table>
      </section>
    </div>
  );
}

function SortHead({
  sort,
  column,
  text,
  press,
}: {
  sort: TableSort;
  column: string | null;
  text: string;
  press: (column: string | null) => void;
}) {
  const order = sort.column !== column ? 'none' : sort.descending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={order} className={column === null ? 'n' : undefined}>
      <button type="button" className={styles.sort} onClick={() => press(column)}>
        {text}
        {order !== 'none' && <span aria-hidden="true">{order === 'descending' ? ' ↓' : ' ↑'}</span>}
      </button>
    </th>
  );
}

/** Stands for the rows that are out of sight. */
function Space({ px }: { px: number }) {
  return px > 0 ? <tr className={styles.space} style={{ height: px }} /> : null;
}

function amountText(answer: InstantAnswer, shown: number): string {
  const count = (value: number) => value.toLocaleString('en-US');
  const came = answer.samples.length;
  const missing =
    came < answer.seriesTotal ? `; only ${count(came)} came: narrow the expression to see the others` : '';
  return `${count(shown)} of ${count(answer.seriesTotal)} series at ${absoluteUtc(answer.at)}${missing}`;
}
