import type { StageSummary, TraceFacets } from '../../../shared/model/trace.ts';
import type { TraceView } from '../../state/trace-view.ts';
import { Skeleton } from '../../ui/state.tsx';
import { spanTime } from './span-time.ts';
import styles from './trace.module.css';

export interface StagesProps {
  facets: TraceFacets | null;
  view: TraceView;
  onChange: (part: Partial<TraceView>) => void;
}

/** All spans of the time by stage: where the time goes, and what fails. One press searches for a stage. */
export function Stages({ facets, view, onChange }: StagesProps) {
  return (
    <section aria-labelledby="stages">
      <div className="pane-head">
        <h2 id="stages">Stages</h2>
        <span className="t3 s12 clip num">
          {facets
            ? `${facets.spans.toLocaleString('en-GB')} spans in this time, by the time spent in them`
            : ''}
        </span>
      </div>
      {facets === null && <Skeleton rows={5} label="Summing up the stages" />}
      {facets?.stages.length === 0 && <p className={`t2 ${styles.bounds}`}>No span began in this time.</p>}
      {facets && facets.stages.length > 0 && (
        <div className={styles.scroll}>
          <table className="num" aria-labelledby="stages">
            <thead>
              <tr>
                <th scope="col">Stage</th>
                {['Spans', 'Failed', 'P50', 'P95', 'P99'].map((one) => (
                  <th key={one} scope="col" className="n">
                    {one}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {facets.stages.map((one) => (
                <Stage
                  key={`${one.service}\n${one.name}`}
                  stage={one}
                  isChosen={one.service === view.service && one.name === view.name}
                  onChoose={() => onChange({ service: one.service, name: one.name })}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className={`s12 t3 ${styles.bounds}`}>
        Open a trace to see its stages one after the other: <kbd>j</kbd> and <kbd>k</kbd> go through the list,{' '}
        <kbd>/</kbd> searches.
      </p>
    </section>
  );
}

function Stage({
  stage,
  isChosen,
  onChoose,
}: {
  stage: StageSummary;
  isChosen: boolean;
  onChoose: () => void;
}) {
  return (
    <tr aria-current={isChosen || undefined}>
      <td>
        <button type="button" className={styles.link} onClick={onChoose}>
          <b>{stage.name}</b> <span className="t3">{stage.service}</span>
        </button>
      </td>
      <td className="n">{stage.count.toLocaleString('en-GB')}</td>
      <td className={stage.errorShare > 0 ? 'n hot' : 'n'}>{shareText(stage.errorShare)}</td>
      <td className="n">{spanTime(stage.p50Ms)}</td>
      <td className="n">{spanTime(stage.p95Ms)}</td>
      <td className="n">{spanTime(stage.p99Ms)}</td>
    </tr>
  );
}

function shareText(share: number): string {
  if (share === 0) return 'none';
  return share < 0.001 ? 'under 0.1 %' : `${(100 * share).toFixed(1)} %`;
}
