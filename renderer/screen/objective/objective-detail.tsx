import { useMemo } from 'react';
import type { ObjectiveStatus, PolicyRow } from '../../../shared/model/objective.ts';
import { formatPercent, formatSignificant } from '../../../shared/unit/number.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { Chart } from '../../chart/chart.tsx';
import { budgetLines } from '../../state/budget-view.ts';
import { badName, thresholdText, windowName } from '../../state/fact.ts';
import { viewSpans } from '../../state/unwatched.ts';
import { useCollection, useCore, useLoaded, useNow, useRefresh } from '../../state/use-core.tsx';
import { PriorityBadge } from '../../ui/badge.tsx';
import { ago } from '../../ui/format.ts';
import { useMedia } from '../../ui/media.ts';
import { Skeleton } from '../../ui/state.tsx';
import styles from './objective.module.css';

const REFRESH_MS = 30_000;

/** The budget over the period, the rows of the policy with their detection times, and what can never fire. */
export function ObjectiveDetail({ status }: { status: ObjectiveStatus }) {
  // The trend's column is not shown in a small window.
  const narrow = useMedia('(width < 80rem)');
  return (
    <tr className={styles.more}>
      <td colSpan={narrow ? 8 : 9}>
        <div className={styles.detail}>
          <BurnDown status={status} />
          <div className="stack">
            <NeverFires status={status} />
            <Rows rows={status.rows} />
            <Reason status={status} />
          </div>
        </div>
      </td>
    </tr>
  );
}

function BurnDown({ status }: { status: ObjectiveStatus }) {
  const core = useCore();
  const { id, periodMs, service, title } = status.objective;
  useRefresh(`budget:${id}`, REFRESH_MS, () => void core.objective.loadBudget(id));
  const loaded = useLoaded(core.objective.budget, id);
  const changes = useCollection('changes').byId;
  const view = useMemo(
    () => (loaded.value ? budgetLines(loaded.value.series, status) : null),
    [loaded.value, status],
  );
  const spans = useMemo(() => viewSpans(loaded.value?.unwatched ?? []), [loaded.value]);
  const marks = useMemo(
    () =>
      [...changes.values()]
        .filter((one) => one.service === service)
        .map((one) => ({ at: one.at, kind: 'deploy' as const, label: one.to ?? one.what })),
    [changes, service],
  );
  if (!view)
    return loaded.failure ? (
      <p className="t2 s12">The budget cannot be drawn: {loaded.failure.text}</p>
    ) : (
      <Skeleton rows={5} label="Loading the budget" />
    );
  if (view.lines.length === 0)
    return (
      <p className="t2 s12">
        No budget is known yet: no event of this objective was seen in the last {windowName(periodMs)}.
      </p>
    );
  return (
    <div className={styles.burnDown}>
      <Chart
        title="Budget remaining"
        unit={`%, ${windowName(periodMs)}, ${title}`}
        suffix=" %"
        link={`budget:${id}`}
        surface="surface-2"
        ceiling={100}
        {...view}
        marks={marks}
        spans={spans}
      />
    </div>
  );
}

function NeverFires({ status }: { status: ObjectiveStatus }) {
  const never = status.rows.filter((row) => row.leftOut !== null);
  if (never.length === 0) return null;
  const ceiling = 1 / (1 - status.objective.target);
  return (
    <div className={styles.note}>
      <h2 className="c-burn">
        Thresholds that can never fire: {never.map((row) => `${row.name} (${row.priority})`).join(', ')}
      </h2>
      <p className="s12 t2">
        At a target of {formatPercent(status.objective.target, 6)} the burn rate can never exceed 1 / (1 −{' '}
        {formatSignificant(status.objective.target, 6)}) = <b className="t1">{thresholdText(ceiling)}</b>.{' '}
        {[...new Set(never.map((row) => row.leftOut))].join(' ')}
      </p>
    </div>
  );
}

function Rows({ rows }: { rows: readonly PolicyRow[] }) {
  return (
    <table className="small num">
      <thead>
        <tr>
          <th scope="col">Row</th>
          <th scope="col" className="n">
            Needs
          </th>
          <th scope="col" className="n">
            Windows
          </th>
          <th scope="col" className="n">
            Detected at 100 % errors
          </th>
          <th scope="col" className="n">
            10 %
          </th>
          <th scope="col" className="n">
            1 %
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <td>
              <PriorityBadge priority={row.priority} /> {row.name}
            </td>
            <td
              className="n"
              title={row.raisedToOne ? 'raised to 1' : `${formatPercent(row.budgetFraction)} of the budget`}
            >
              {thresholdText(row.threshold)}
              {row.raisedToOne && ' (raised)'}
            </td>
            <td className="n">
              {windowName(row.longMs)}, {windowName(row.shortMs)}
            </td>
            {[row.detectionMs.all, row.detectionMs.tenth, row.detectionMs.hundredth].map((ms, index) => {
              const key = `${row.name}-${index}`;
              return (
                <td key={key} className={ms === null ? 'n never' : 'n'}>
                  {ms === null || row.leftOut !== null ? 'never' : formatDuration(ms)}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Reason({ status }: { status: ObjectiveStatus }) {
  const now = useNow();
  const short = status.windows[0];
  return (
    <div className="s12 t2 stack">
      <p>{status.heldBack ?? status.reason}</p>
      {short?.bad != null && short.total != null && (
        <p className="num">
          {badName(status)} in the last {windowName(short.windowMs)}:{' '}
          {formatSignificant(Math.round(short.bad), 4)} of {formatSignificant(Math.round(short.total), 4)}.
        </p>
      )}
      <p className="t3">
        <code>{status.objective.definedAt}</code>, policy {status.objective.policy}, read from{' '}
        {status.objective.source}
        {status.evaluatedAt !== null && `, evaluated ${ago(status.evaluatedAt, now)}`}.
      </p>
    </div>
  );
}
