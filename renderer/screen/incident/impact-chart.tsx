import type { Incident } from '../../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { Chart } from '../../chart/chart.tsx';
import { burnChart, useBurnView, useMarks } from '../../state/burn-view.ts';
import { worstObjective } from '../../state/fact.ts';
import { useCollection } from '../../state/use-core.tsx';
import styles from './incident.module.css';

/** The burn rate during the incident, under *Impact*. */
export function ImpactChart({ incident }: { incident: Incident }) {
  const objectives = useCollection('objectives').byId;
  const objective = worstObjective(incident, objectives);
  return objective && <Drawn incident={incident} objective={objective} />;
}

function Drawn({ incident, objective }: { incident: Incident; objective: ObjectiveStatus }) {
  const view = useBurnView(objective, incident);
  const marks = useMarks(incident);
  if (!view.history) return null;
  return (
    <div className={`box ${styles.impact}`}>
      <Chart
        {...burnChart(objective, view, view.history)}
        marks={marks}
        link={`postmortem:${incident.id}`}
        surface="surface-2"
      />
    </div>
  );
}
