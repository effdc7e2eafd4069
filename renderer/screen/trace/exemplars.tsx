import { useCore, useLoaded, useNow, useRefresh } from '../../state/use-core.tsx';
import { Clock } from '../../ui/moment.tsx';
import styles from './trace.module.css';

/** Samples that name this trace: which numbers it is one of. Nothing where none does. */
export function Exemplars({ traceId }: { traceId: string }) {
  const core = useCore();
  const now = useNow();
  useRefresh(`trace-exemplars-${traceId}`, 0, () => void core.trace.loadExemplars(traceId));
  const { value } = useLoaded(core.trace.exemplars, traceId);
  if (!value || value.length === 0) return null;
  return (
    <section className="box" aria-labelledby="trace-exemplars">
      <div className="box-head">
        <h3 id="trace-exemplars">Exemplars</h3>
        <span className="t3 s12 clip">samples that name this trace</span>
      </div>
      <ul className={`box-body num s12 ${styles.exemplars}`}>
        {value.map(({ series, value: sample, at }) => {
          const { __name__: name = '', ...labels } = series;
          const text = Object.entries(labels).map(([key, one]) => `${key}="${one}"`);
          return (
            <li key={`${at} ${name} ${text.join()}`}>
              <Clock at={at} now={now} /> <b>{name}</b>
              <code className="t2">{`{${text.join(', ')}}`}</code> {String(sample)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
