import type { Incident } from '../../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { Chart } from '../../chart/chart.tsx';
import { useBurnView, useMarks } from '../../state/burn-view.ts';
import { burnText } from '../../state/fact.ts';
import { useLive } from '../../state/use-core.tsx';
import { Skeleton } from '../../ui/state.tsx';
import styles from './triage.module.css';

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
      <Chart
        title="Burn rate"
        unit={`×, ${objective.objective.title}`}
        suffix="×"
        format={burnText}
        view={view.view}
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
