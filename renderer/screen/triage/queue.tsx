import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { keyCaps } from '../../state/key-table.ts';
import type { QueueEntry, QueueGroup } from '../../state/triage.ts';
import { useCore, useLine } from '../../state/use-core.tsx';
import { Keys } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/state.tsx';
import { QueueItem } from './queue-item.tsx';
import styles from './triage.module.css';

type Row =
  | { readonly kind: 'head'; readonly group: QueueGroup }
  | { readonly kind: 'entry'; readonly entry: QueueEntry };

const HEAD_PX = 28;
const ENTRY_PX = 76;

export interface QueueProps {
  groups: readonly QueueGroup[];
  selectedKey: string | null;
  ready: boolean;
}

/** The queue: only the rows in sight are drawn, so that a storm of ten thousand scrolls like ten. */
export function Queue({ groups, selectedKey, ready }: QueueProps) {
  const core = useCore();
  const coming = useLine((line) => line.coming);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useMemo(
    () =>
      groups.flatMap((group): Row[] => [
        { kind: 'head', group },
        ...group.entries.map((entry): Row => ({ kind: 'entry', entry })),
      ]),
    [groups],
  );
  // The same functions for the same rows: with others, all of ten thousand rows are laid out anew each time.
  const layout = useMemo(
    () => ({
      estimateSize: (index: number) => (rows[index]?.kind === 'head' ? HEAD_PX : ENTRY_PX),
      getItemKey: (index: number) => rowKey(rows[index]),
    }),
    [rows],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    ...layout,
    overscan: 8,
  });
  const selectedIndex = rows.findIndex((row) => row.kind === 'entry' && row.entry.key === selectedKey);
  useEffect(() => {
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex, { align: 'auto' });
  }, [selectedIndex, virtual]);
  const open = groups
    .filter((group) => group.id !== 'resolved')
    .reduce((sum, group) => sum + group.entries.length, 0);
  return (
    <section ref={scroller} className={`pane ${styles.queue}`} aria-label="Queue">
      <div className="pane-head">
        <h2>Triage</h2>
        <span className="t3 s12 num">{openText(ready, open, coming)}</span>
        <span className="push">
          <Keys caps={[...keyCaps('j', false), ...keyCaps('k', false)]} />
        </span>
      </div>
      {!ready && <Skeleton rows={6} label="Loading the queue" />}
      <div
        role="listbox"
        aria-label="Incidents and alerts"
        tabIndex={rows.length > 0 ? 0 : -1}
        aria-activedescendant={selectedIndex >= 0 ? `row-${selectedKey}` : undefined}
        className={styles.rows}
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={styles.row}
              role="presentation"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {row.kind === 'head' ? (
                <div className="group-head" role="presentation">
                  {row.group.title} <b className="t1 num">{row.group.entries.length}</b>
                </div>
              ) : (
                <QueueItem
                  entry={row.entry}
                  selected={row.entry.key === selectedKey}
                  onSelect={() => core.uiStore.setState({ queueKey: row.entry.key })}
                />
              )}
            </div>
          );
        })}
      </div>
    </section>
  );
}

function rowKey(row: Row | undefined): string {
  if (!row) return '';
  return row.kind === 'head' ? `head:${row.group.id}` : row.entry.key;
}

/** While the rest is on its way no number is said that is not true yet. */
function openText(ready: boolean, open: number, coming: number): string {
  if (!ready) return 'waiting for the core';
  return coming > 0 ? `${open} shown, ${coming} more coming` : `${open} open, by severity and age`;
}
