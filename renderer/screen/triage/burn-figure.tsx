import { lazy, Suspense } from 'react';
import type { Incident } from '../../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { burnChart, useBurnView, useMarks } from '../../state/burn-view.ts';
import { useLive } from '../../state/use-core.tsx';
import { Skeleton } from '../../ui/state.tsx';
import styles from './triage.module.css';

/** A quiet queue draws no chart: the window's start does not wait for what draws it. */
const Chart = lazy(() =>
  import('../../chart/chart.tsx').then(
    (file) => ({ default: file.Chart }),
    () => ({ default: ChartMissing }),
  ),
);

function ChartMissing() {
  return (
    <p className="t2 s12">
      The burn rate cannot be drawn: a part of the window could not be loaded. Reload the window once Midwatch
      runs.
    </p>
  );
}

/** The burn rate around the incident, with threshold, deployments and the page. */
export function BurnFigure({ objective, incident }: { objective: ObjectiveStatus; incident: Incident }) {
  const view = useBurnView(objective, incident);
  const marks = useMarks(incident);
  const live = useLive();
  if (!view.history)
    return (
      <div className={styles.chart}>
        {view.problem || !live ? (
          <p className="t2 s12">
            {view.problem
              ? `The burn rate cannot be drawn: ${view.problem}`
              : 'The burn rate was not loaded before the line to the core broke; it is drawn when the core is back.'}
          </p>
        ) : (
          <Skeleton rows={4} label="Loading the burn rate" />
        )}
      </div>
    );
  return (
    <div className={styles.chart}>
      <Suspense fallback={<Skeleton rows={4} label="Loading the burn rate" />}>
        <Chart {...burnChart(objective, view, view.history)} marks={marks} link="triage" />
      </Suspense>
    </div>
  );
}
