import { useMemo } from 'react';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { Chart } from '../../chart/chart.tsx';
import { budgetLines } from '../../state/budget-view.ts';
import { windowName } from '../../state/fact.ts';
import { viewSpans } from '../../state/unwatched.ts';
import { useCollection, useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { Skeleton } from '../../ui/state.tsx';
import styles from './objective.module.css';

const REFRESH_MS = 30_000;

/** The budget over the period, with the deployments of the service. */
export function BurnDown({ status }: { status: ObjectiveStatus }) {
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
