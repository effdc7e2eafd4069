import { useEffect, useState } from 'react';
import { loadTracedSamples, type TracedSample } from '../../state/exemplar.ts';
import { hashOf } from '../../state/route.ts';
import { tracesRoute } from '../../state/trace-view.ts';
import { useCore, useNow } from '../../state/use-core.tsx';
import { Clock } from '../../ui/moment.tsx';
import styles from './signal.module.css';

export interface ExemplarListProps {
  source: string;
  expression: string;
  fromAt: number;
  toAt: number;
}

/** Under a chart: requests behind its numbers, each a link to its trace. Nothing where none are exposed. */
export function ExemplarList({ source, expression, fromAt, toAt }: ExemplarListProps) {
  const core = useCore();
  const now = useNow();
  const [samples, setSamples] = useState<readonly TracedSample[]>([]);
  useEffect(() => {
    let current = true;
    void loadTracedSamples(core.requests, { source, expression, fromAt, toAt }).then((read) => {
      // What cannot be had takes nothing from the chart: it stays without.
      if (current) setSamples(read.ok ? read.value : []);
    });
    return () => {
      current = false;
    };
  }, [core, source, expression, fromAt, toAt]);
  if (samples.length === 0) return null;
  return (
    <details className={styles.exemplars}>
      <summary className="s12 t2">
        {samples.length} {samples.length === 1 ? 'exemplar' : 'exemplars'} in this range, each with its trace
      </summary>
      <ul className="num s12" aria-label="Exemplars">
        {samples.map(({ traceId, exemplar }) => (
          <li key={`${traceId} ${exemplar.at} ${JSON.stringify(exemplar.series)}`}>
            <Clock at={exemplar.at} now={now} /> <b>{String(exemplar.value)}</b>{' '}
            <span className="t3">{labelText(exemplar.series)}</span>{' '}
            <a href={hashOf(tracesRoute({ trace: traceId }))}>{traceId.slice(0, 16)}</a>
          </li>
        ))}
      </ul>
    </details>
  );
}

function labelText({ __name__: name = '', ...labels }: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return `${name}{${pairs.join(', ')}}`;
}
