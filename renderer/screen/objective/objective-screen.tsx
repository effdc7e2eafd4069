import { type ReactNode, useEffect, useMemo, useState } from 'react';
import type { ObjectiveState, ObjectiveStatus } from '../../../shared/model/objective.ts';
import { thresholdText, windowName } from '../../state/fact.ts';
import { type ObjectiveColumn, sortObjectives } from '../../state/objective-table.ts';
import type { ObjectiveTab } from '../../state/route.ts';
import { useCollection, useCore, useUi } from '../../state/use-core.tsx';
import { StateBadge, type StateName } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Skeleton } from '../../ui/state.tsx';
import styles from './objective.module.css';
import { ObjectiveRows } from './objective-rows.tsx';
import { WINDOWS_MS } from './windows.ts';

const STATE_LOOK: Readonly<Record<ObjectiveState, readonly [StateName, string]>> = {
  burning: ['burning', 'burning'],
  blind: ['unwatched', 'not evaluated'],
  'no-data': ['no-data', 'no data'],
  starting: ['starting', 'starting'],
  ok: ['ok', 'ok'],
};

/** Every objective: its burn, its budget, how long that lasts, and why a threshold can or cannot fire. */
export function ObjectiveScreen({ id, tab }: { id: string | null; tab: ObjectiveTab | null }) {
  const core = useCore();
  const { ready, byId } = useCollection('objectives');
  const sort = useUi((state) => state.objectiveSort);
  const selected = useUi((state) => state.objectiveId);
  const rows = useMemo(() => sortObjectives(byId.values(), sort), [byId, sort]);
  useEffect(() => {
    if (id !== null) core.uiStore.setState({ objectiveId: id });
  }, [core, id]);
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  return (
    <main className={styles.main} tabIndex={-1}>
      <section ref={setScroller} className="pane" aria-label="Objectives">
        <Head
          rows={rows}
          ready={ready}
          hasForm={id !== null && (tab === 'what-if' || tab === 'corrections')}
        />
        {!ready && <Skeleton rows={8} label="Loading the objectives" />}
        {ready && rows.length === 0 && (
          <Empty glyph="wait" title="No objectives yet">
            <p>
              Make one from a source with <b>New objective</b>, or write one in slos/ in the workspace, as
              OpenSLO: it is checked and taken over without a restart.
            </p>
          </Empty>
        )}
        {rows.length > 0 && (
          <table className={`${styles.list} num`} aria-rowcount={rows.length + 1}>
            <colgroup>
              <col className={styles.o} />
              <col className={styles.s} />
              {WINDOWS_MS.map((ms) => (
                <col key={ms} />
              ))}
              <col className={styles.t} />
              <col className={styles.b} />
              <col className={styles.x} />
            </colgroup>
            <thead>
              <tr>
                <SortHead column="name">Objective</SortHead>
                <SortHead column="state">State</SortHead>
                {WINDOWS_MS.map((ms, index) => (
                  <SortHead key={ms} column="burn" windowMs={ms} numeric>
                    {index === 0 ? 'Burn ' : <span className="vh">Burn </span>}
                    <span className={styles.w}>{windowName(ms)}</span>
                  </SortHead>
                ))}
                <SortHead column="trend" className={styles.trend} title="How much it rose of late">
                  Burn 1 h, last 24 h
                </SortHead>
                <SortHead column="budget" numeric>
                  Budget remaining
                </SortHead>
                <SortHead column="exhaustion" numeric title="At this rate, with no budget rolling back">
                  <span className={styles.wide}>Time to exhaustion</span>
                  <span className={styles.narrow}>Exhaustion</span> at this rate
                </SortHead>
              </tr>
            </thead>
            <ObjectiveRows rows={rows} id={id} tab={tab} selected={selected} scroller={scroller} />
          </table>
        )}
      </section>
    </main>
  );
}

/** `hasForm` where an open objective has a form: that has the one filled button then. */
function Head({
  rows,
  ready,
  hasForm,
}: {
  rows: readonly ObjectiveStatus[];
  ready: boolean;
  hasForm: boolean;
}) {
  const core = useCore();
  const counts = (Object.keys(STATE_LOOK) as ObjectiveState[])
    .map((state) => ({ state, count: rows.filter((row) => row.state === state).length }))
    .filter((one) => one.count > 0);
  const periods = new Set(rows.map((row) => windowName(row.objective.periodMs)));
  return (
    <div className="pane-head">
      <h1 className="pane-title">Objectives</h1>
      <span className="t3 s12 num">
        {ready && rows.length > 0 ? `${rows.length} over ${[...periods].join(', ')}` : ''}
      </span>
      <span className="line s12">
        {counts.map(({ state, count }) => (
          <StateBadge key={state} state={STATE_LOOK[state][0]}>
            {count} {STATE_LOOK[state][1]}
          </StateBadge>
        ))}
      </span>
      <span className={`t2 s12 num ${styles.thresholds}`}>
        <i />
        <span>{commonThresholds(rows)}</span>
      </span>
      <span className="line push">
        <Button caps={['x']} disabled={rows.length === 0} onPress={() => core.ui.open({ kind: 'report' })}>
          Report
        </Button>
        <Button
          kind={hasForm ? 'plain' : 'primary'}
          caps={['c']}
          onPress={() => core.ui.open({ kind: 'new-objective' })}
        >
          New objective
        </Button>
      </span>
    </div>
  );
}

/** What a row of the policy needs, where all objectives need the same: `page 13.44×, ticket 5.6×, notice 1×`. */
function commonThresholds(rows: readonly ObjectiveStatus[]): string {
  const texts = new Set(
    rows.map((one) => one.rows.map((row) => `${row.name} ${thresholdText(row.threshold)}`).join(', ')),
  );
  return texts.size === 1 ? ([...texts][0] ?? '') : '';
}

/** Where the worst has the highest number, that stands first. */
const HIGHEST_FIRST: readonly ObjectiveColumn[] = ['burn', 'trend'];

function SortHead({
  column,
  windowMs,
  numeric = false,
  className,
  title,
  children,
}: {
  column: ObjectiveColumn;
  windowMs?: number;
  numeric?: boolean;
  className?: string | undefined;
  title?: string;
  children: ReactNode;
}) {
  const core = useCore();
  const sort = useUi((state) => state.objectiveSort);
  const on = sort.column === column && sort.windowMs === windowMs;
  return (
    <th
      scope="col"
      className={numeric ? 'n' : className}
      title={title}
      aria-sort={on ? (sort.descending ? 'descending' : 'ascending') : undefined}
    >
      <button
        type="button"
        className={styles.sort}
        data-on={on || undefined}
        onClick={() =>
          core.uiStore.setState({
            objectiveSort: {
              column,
              ...(windowMs === undefined ? {} : { windowMs }),
              descending: on ? !sort.descending : HIGHEST_FIRST.includes(column),
            },
          })
        }
      >
        {children}
        {on && <span aria-hidden="true">{sort.descending ? ' ↓' : ' ↑'}</span>}
      </button>
    </th>
  );
}
