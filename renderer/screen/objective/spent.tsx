import { useState } from 'react';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import type { SpentBy } from '../../../shared/model/objective-history.ts';
import { formatPercent, formatSignificant } from '../../../shared/unit/number.ts';
import { PAST_SPANS } from '../../state/objective-past.ts';
import { useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Meter } from '../../ui/state.tsx';
import styles from './objective.module.css';
import { PastProgress } from './past-progress.tsx';
import { SpanChoice } from './span-choice.tsx';

/** Which part of the series spent the budget, by one label. */
export function Spent({ status }: { status: ObjectiveStatus }) {
  const core = useCore();
  const [spanMs, setSpanMs] = useState<number>(PAST_SPANS[1].ms);
  const [label, setLabel] = useState('');
  const { id } = status.objective;
  const key = `${id}:${spanMs}:${label}`;
  const load = () => void core.past.loadSpent(key, id, core.clock.getState().nowAt, spanMs, label);
  useRefresh(`spent:${key}`, 0, load);
  const { value, loading, failure } = useLoaded(core.past.spent, key);
  return (
    <div className={styles.panel}>
      <div className="line wrap">
        <SpanChoice spanMs={spanMs} onChange={setSpanMs} />
        {value && (
          <label className="line s12 t2">
            By
            <select
              className={`field ${styles.field}`}
              value={value.label}
              onChange={(event) => setLabel(event.target.value)}
            >
              {[...new Set([value.label, ...value.labels])].map((one) => (
                <option key={one}>{one}</option>
              ))}
            </select>
          </label>
        )}
      </div>
      {loading && <PastProgress look={`spent:${key}`} label="Counting by label" />}
      {!value && !loading && failure && (
        <div className="line wrap">
          <p className="s12 t2">{failure.text}</p>
          {failure.code !== 'REFUSED' && <Button onPress={load}>Count</Button>}
        </div>
      )}
      {value && <Parts spent={value} />}
    </div>
  );
}

function Parts({ spent }: { spent: SpentBy }) {
  if (spent.total === 0)
    return <p className="s12 t2">No event was counted in this stretch, so nobody spent anything.</p>;
  if (spent.bad === 0)
    return (
      <p className="s12 t2 num">
        None of {formatSignificant(Math.round(spent.total), 4)} events was bad: nobody spent anything.
      </p>
    );
  return (
    <table className="small num">
      <thead>
        <tr>
          <th scope="col">{spent.label}</th>
          <th scope="col">Share of what was spent</th>
          <th scope="col" className="n">
            Bad
          </th>
          <th scope="col" className="n">
            Of
          </th>
          <th scope="col" className="n">
            Error rate
          </th>
        </tr>
      </thead>
      <tbody>
        {spent.parts.map((one) => (
          <tr key={one.value}>
            <td className={styles.value}>
              {one.value === '' ? <span className="t3">(none)</span> : one.value}
            </td>
            <td>
              <div className={styles.share}>
                <Meter value={one.share} tone="burning" label={`Share of ${one.value}`} />
                <span>{formatPercent(one.share)}</span>
              </div>
            </td>
            <td className="n">{formatSignificant(Math.round(one.bad), 4)}</td>
            <td className="n">{formatSignificant(Math.round(one.total), 4)}</td>
            <td className="n">{one.total > 0 ? formatPercent(one.bad / one.total) : 'no data'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
