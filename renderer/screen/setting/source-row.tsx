import { answersQueries, isWatching, type SourceStatus } from '../../../shared/model/source.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { useBusy, useCore, useNow } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ago, coarse } from '../../ui/format.ts';
import { SOURCE_LOOK } from '../../ui/source-look.ts';
import styles from './setting.module.css';

/** One source: where, how it fares, what went wrong last and what to do about it. */
export function SourceRow({ source, onLook }: { source: SourceStatus; onLook: () => void }) {
  const core = useCore();
  const now = useNow();
  const busy = useBusy(`try:${source.id}`);
  const [state, words] = SOURCE_LOOK[source.condition];
  const down = source.targets.filter((one) => !one.up);
  return (
    <article className={styles.source} aria-label={`Source ${source.id}`}>
      <div className="line wrap">
        <b>{source.id}</b>
        <StateBadge state={state}>{words}</StateBadge>
        <span className="t3 s12 num">for {coarse(Math.max(0, now - source.sinceAt))}</span>
        <span className="push line">
          {answersQueries(source.kind) && (
            <Button title={`See what ${source.id} has, and what could be watched in it`} onPress={onLook}>
              Look again
            </Button>
          )}
          <Button
            busy={busy}
            onPress={() =>
              void core.requests.say(`try:${source.id}`, (api) => api.source.tryNow({ sourceId: source.id }))
            }
          >
            Try now
          </Button>
        </span>
      </div>
      <code className={styles.address}>{source.address}</code>
      {source.problem && (
        <p className={isWatching(source.condition) ? 's12 t2' : `s12 ${styles.trouble}`}>{source.problem}</p>
      )}
      {source.blinds.length > 0 && !isWatching(source.condition) && (
        <p className="s12 t2">
          <span className="hatched">Unwatched</span> meanwhile: {source.blinds.join(', ')}.
        </p>
      )}
      <dl className={`${styles.numbers} num`}>
        <Figure label="Kind" value={source.kind} />
        <Figure label="Last answer" value={source.lastOkAt === null ? 'never' : ago(source.lastOkAt, now)} />
        <Figure
          label="Latency"
          value={source.latencyMs === null ? 'no data' : formatDuration(source.latencyMs)}
        />
        <Figure label="Every" value={formatDuration(source.pollEveryMs)} />
        <Figure label="Polls" value={source.polls.toLocaleString('en-GB')} />
        <Figure
          label="Missed ticks"
          value={source.missedTicks.toLocaleString('en-GB')}
          hot={source.missedTicks > 0}
        />
        <Figure
          label="Series"
          value={source.seriesCount === null ? 'not known' : source.seriesCount.toLocaleString('en-GB')}
        />
        {source.decisionDelay && (
          <Figure
            label="Decided within (p95)"
            value={`${formatDuration(source.decisionDelay.p95Ms)}, ${source.decisionDelay.freshness}`}
          />
        )}
        {source.sender !== null && <Figure label="Sender" value={source.sender} />}
        {source.targets.length > 0 && (
          <Figure
            label="Targets up"
            value={`${source.targets.length - down.length} of ${source.targets.length}`}
            hot={down.length > 0}
          />
        )}
      </dl>
      {source.leftOut.length > 0 && (
        <ul className="s12 t2" aria-label="Left out">
          {source.leftOut.map(({ reason, count }) => (
            <li key={reason}>
              {count.toLocaleString('en-GB')} samples left out: {reason}
            </li>
          ))}
        </ul>
      )}
      {down.length > 0 && (
        <ul className="s12">
          {down.map((target) => (
            <li key={target.id} className="line wrap">
              <StateBadge state="unwatched">{target.id}</StateBadge>
              <span className="t2">{target.problem ?? 'does not answer'}</span>
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

function Figure({ label, value, hot = false }: { label: string; value: string; hot?: boolean }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className={hot ? 'c-burn' : undefined}>{value}</dd>
    </div>
  );
}
