import type { Incident } from '../../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { Chart } from '../../chart/chart.tsx';
import { useBurnView, useMarks } from '../../state/burn-view.ts';
import { Skeleton } from '../../ui/state.tsx';
import styles from './triage.module.css';

/** The burn rate around the incident, with threshold, deployments and the page. */
export function BurnFigure({ objective, incident }: { objective: ObjectiveStatus; incident: Incident }) {
  const view = useBurnView(objective, incident);
  const marks = useMarks(incident);
  if (!view.history)
    return view.problem ? (
      <p className={`t2 s12 ${styles.chart}`}>The burn rate cannot be drawn: {view.problem}</p>
    ) : (
      <Skeleton rows={4} label="Loading the burn rate" />
    );
  return (
    <div className={styles.chart}>
      <Chart
        title="Burn rate"
        unit={`×, ${objective.objective.title}`}
        suffix="×"
        link="triage"
        lines={view.lines}
        stepMs={view.history.stepMs}
        fromAt={view.history.fromAt}
        toAt={view.history.toAt}
        threshold={view.threshold}
        marks={marks}
        spans={view.spans}
      />
    </div>
  );
}
