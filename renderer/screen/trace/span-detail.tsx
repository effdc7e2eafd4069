import type { WaterfallRow } from '../../state/trace-tree.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { absoluteUtc } from '../../ui/format.ts';
import { spanTime } from './span-time.ts';
import styles from './trace.module.css';

/** All that one span carries. Attributes are hostile text, shown as it is. */
export function SpanDetail({ row }: { row: WaterfallRow }) {
  const { span } = row;
  const attributes = Object.entries(span.attributes).sort(([a], [b]) => a.localeCompare(b));
  return (
    <section className="box" aria-labelledby="span-detail">
      <div className="box-head">
        <h3 id="span-detail" className="clip">
          {span.name}
        </h3>
        <span className="t3 s12 clip">
          {span.service}, {span.kind}
        </span>
        <span className="push">
          {span.status === 'unset' ? (
            <span className="t3 s12 nowrap">no result told</span>
          ) : (
            <StateBadge state={span.status === 'error' ? 'firing' : 'ok'}>
              {span.status === 'error' ? 'failed' : 'ok'}
            </StateBadge>
          )}
        </span>
      </div>
      <div className={styles.scroll}>
        <dl className={`kv num s12 ${styles.attributes}`}>
          <dt>began</dt>
          <dd>{absoluteUtc(span.startAt)}</dd>
          <dt>took</dt>
          <dd>
            {spanTime(span.durationMs)}, {spanTime(row.ownMs)} of it its own
            {row.critical ? '; the end of the trace waited for it' : ''}
          </dd>
          {row.orphan && (
            <>
              <dt>parent</dt>
              <dd>
                <code>{span.parentSpanId}</code>, which is not kept here
              </dd>
            </>
          )}
          {row.outside && (
            <>
              <dt>times</dt>
              <dd>It is not inside its parent: clocks of two machines differ, or the work was handed on.</dd>
            </>
          )}
          {attributes.map(([key, value]) => (
            <div key={key} className={styles.pair}>
              <dt>{key}</dt>
              <dd>
                <code>{String(value)}</code>
              </dd>
            </div>
          ))}
          {attributes.length === 0 && (
            <>
              <dt>attributes</dt>
              <dd className="t3">none</dd>
            </>
          )}
        </dl>
      </div>
    </section>
  );
}
