import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo } from 'react';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import type { ObjectiveTab } from '../../state/route.ts';
import styles from './objective.module.css';
import { ObjectiveDetail } from './objective-detail.tsx';
import { ObjectiveRow } from './objective-row.tsx';

const ROW_PX = 44;
const DETAIL_PX = 320;
/** What stands over the first row and stays in sight: the head of the screen and that of the table. */
const HEAD_PX = 75;

interface Item {
  readonly kind: 'row' | 'detail';
  readonly status: ObjectiveStatus;
}

/** The objectives, and under the open one what is behind it: only those in sight are drawn, so that 500 move like ten. */
export function ObjectiveRows({
  rows,
  id,
  tab,
  selected,
  scroller,
}: {
  rows: readonly ObjectiveStatus[];
  id: string | null;
  tab: ObjectiveTab | null;
  selected: string | null;
  scroller: HTMLElement | null;
}) {
  const items = useMemo(
    () =>
      rows.flatMap((status): Item[] =>
        status.objective.id === id
          ? [
              { kind: 'row', status },
              { kind: 'detail', status },
            ]
          : [{ kind: 'row', status }],
      ),
    [rows, id],
  );
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    estimateSize: (index) => (items[index]?.kind === 'detail' ? DETAIL_PX : ROW_PX),
    getItemKey: (index) => keyOf(items[index]),
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    overscan: 12,
  });
  // Where it stands counts when it is chosen, not when others move it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `items` change each second
  useEffect(() => {
    const index = items.findIndex((one) => one.status.objective.id === selected);
    if (index >= 0) virtual.scrollToIndex(index, { align: 'auto' });
  }, [selected, virtual]);
  const shown = virtual.getVirtualItems();
  return (
    <tbody>
      <Rest px={(shown[0]?.start ?? HEAD_PX) - HEAD_PX} />
      {shown.map(({ index, key }) => {
        const item = items[index];
        if (!item) return null;
        const { status, kind } = item;
        const place = { index, measure: virtual.measureElement };
        return kind === 'detail' ? (
          <ObjectiveDetail key={key} status={status} tab={tab} place={place} />
        ) : (
          <ObjectiveRow
            key={key}
            status={status}
            open={status.objective.id === id}
            selected={status.objective.id === selected}
            place={place}
          />
        );
      })}
      <Rest px={virtual.getTotalSize() + HEAD_PX - (shown.at(-1)?.end ?? virtual.getTotalSize() + HEAD_PX)} />
    </tbody>
  );
}

/** The room of what is out of sight. */
function Rest({ px }: { px: number }) {
  if (px <= 0) return null;
  return (
    <tr className={styles.rest}>
      <td colSpan={9} style={{ height: px }} />
    </tr>
  );
}

function keyOf(item: Item | undefined): string {
  return item ? `${item.kind}:${item.status.objective.id}` : '';
}
