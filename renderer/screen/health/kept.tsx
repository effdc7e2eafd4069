import type { ReactNode } from 'react';
import type { Health, HealthReport } from '../../../shared/model/health.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { fullText, REPORT } from '../../state/health.ts';
import { useCore, useLine, useLoaded, useNow } from '../../state/use-core.tsx';
import { absoluteUtc, bytesText, coarse } from '../../ui/format.ts';
import { Meter, Problem, Skeleton } from '../../ui/state.tsx';
import styles from './health.module.css';

/** Over this share the store is nearly full. */
const NEARLY_FULL = 0.9;

/** What Midwatch keeps, how it grows and when the store is full, and the memory it takes. */
export function Kept({ health }: { health: Health }) {
  const core = useCore();
  const { value, failure } = useLoaded(core.health.report, REPORT);
  const skewMs = useLine((state) => state.skewMs);
  const now = useNow();
  return (
    <section className="box" aria-labelledby="kept">
      <div className="box-head">
        <h2 id="kept">What it keeps</h2>
        {value && <span className="t3 s12">measured {coarse(Math.max(0, now - value.at))} ago</span>}
      </div>
      {failure && (
        <Problem title={value === null ? 'The stores could not be measured' : 'These figures are old'}>
          {failure.text}
        </Problem>
      )}
      {value === null && !failure && <Skeleton rows={6} label="Measuring the stores" />}
      {value && <Store report={value} now={now} />}
      <dl className={`kv box-body num ${styles.kept}`}>
        {value === null && (
          <>
            <Line term="Samples">
              {health.metricBytes === null ? 'not known' : bytesText(health.metricBytes)}
            </Line>
            <Line term="Incidents, timelines">
              {health.logBytes === null ? 'not known' : bytesText(health.logBytes)}
            </Line>
          </>
        )}
        <Line term="Messages">{health.notifierProblem ?? 'go out'}</Line>
        <Line term="Started">{absoluteUtc(health.startedAt)}</Line>
        <Line term="Clock of this window">
          {skewMs === 0
            ? 'agrees with the core'
            : `${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'behind' : 'ahead of'} the core`}
        </Line>
      </dl>
    </section>
  );
}

function Store({
  report: { metrics, spans, log, receivers, memory },
  now,
}: {
  report: HealthReport;
  now: number;
}) {
  const share = metrics.bytes / metrics.bytesMax;
  const growth =
    metrics.rawBytesPerDay === null || metrics.rollupBytesPerDay === null
      ? null
      : metrics.rawBytesPerDay + metrics.rollupBytesPerDay;
  return (
    <dl className={`kv box-body num ${styles.kept}`}>
      <Line term="Sample store">
        {bytesText(metrics.bytes)} of {bytesText(metrics.bytesMax)}{' '}
        <Meter value={share} tone={share > NEARLY_FULL ? 'burning' : 'accent'} label="Sample store used" />
      </Line>
      <Line term="Raw, rollups, waiting">
        {bytesText(metrics.rawBytes)}, {bytesText(metrics.rollupBytes)}, {bytesText(metrics.waitingBytes)}
      </Line>
      <Line term="Growth">
        {growth === null
          ? 'not known yet'
          : `${bytesText(growth)} a day, over ${coarse(metrics.measuredOverMs)}`}
      </Line>
      <Line term="Full">{fullText(metrics, now)}</Line>
      <Line term="Series">
        {metrics.series.toLocaleString('en-GB')} of {metrics.seriesMax.toLocaleString('en-GB')}
      </Line>
      <Line term="Raw samples">
        {metrics.samples.toLocaleString('en-GB')}
        {metrics.oldestAt === null ? '' : `, ${coarse(Math.max(0, now - metrics.oldestAt))} back`}
      </Line>
      <Line term="Spans">
        {spans.spans.toLocaleString('en-GB')}, {bytesText(spans.bytes)} of {bytesText(spans.bytesMax)}
      </Line>
      <Line term="Incidents, timelines">{bytesText(log.bytes)}</Line>
      {receivers && (
        <Line term="Received">
          {receivers.samples.toLocaleString('en-GB')} samples; {receivers.waiting.toLocaleString('en-GB')}{' '}
          requests wait, {receivers.refusedRequests.toLocaleString('en-GB')} refused
        </Line>
      )}
      <Line term="Memory">
        {memory.proportionalBytes === null
          ? `${bytesText(memory.residentBytes)} resident`
          : `${bytesText(memory.proportionalBytes)} (${bytesText(memory.residentBytes)} resident)`}
      </Line>
    </dl>
  );
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}
