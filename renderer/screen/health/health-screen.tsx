import type { Health, WorkerHealth } from '../../../shared/model/health.ts';
import { isWatching } from '../../../shared/model/source.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { useCollection, useLine, useNow } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Facts, type FactView } from '../../ui/facts.tsx';
import { absoluteUtc, bytesText, coarse } from '../../ui/format.ts';
import { Skeleton } from '../../ui/state.tsx';
import styles from './health.module.css';

/** Loop delay beyond this share of a poll is felt; the design's own limit at the 99th percentile. */
const LOOP_DELAY_LIMIT_MS = 20;

/** Midwatch's own state. If it cannot watch, it says so here and everywhere. */
export function HealthScreen() {
  const health = useCollection('health').byId.get('core');
  return (
    <main className={styles.main} tabIndex={-1}>
      <div className="pane">
        <div className="pane-head">
          <h1 className="pane-title">Health</h1>
          {health && (
            <span className="t3 s12 num clip">
              Midwatch {health.version}, workspace {health.workspace.name}
            </span>
          )}
        </div>
        {health ? <Body health={health} /> : <Skeleton rows={7} label="Loading Midwatch’s own state" />}
      </div>
    </main>
  );
}

function Body({ health }: { health: Health }) {
  const now = useNow();
  const sources = [...useCollection('sources').byId.values()];
  const skewMs = useLine((state) => state.skewMs);
  const answering = sources.filter((one) => isWatching(one.condition)).length;
  return (
    <div className={styles.body}>
      <section className={styles.verdict} aria-label="Is it watching">
        {health.blind === null ? (
          <>
            <StateBadge state="ok">
              <b>Watching</b>
            </StateBadge>
            <span className="t2">
              {answering} of {sources.length} {sources.length === 1 ? 'source answers' : 'sources answer'},{' '}
              {health.workers.filter((one) => one.condition === 'ok').length} of {health.workers.length}{' '}
              workers live, up for {coarse(Math.max(0, now - health.startedAt))}.
            </span>
          </>
        ) : (
          <>
            <StateBadge state="unwatched">
              <b>Not watching</b>
            </StateBadge>
            <span className="t1">{health.blind}</span>
          </>
        )}
      </section>
      <Facts facts={facts(health)} />
      <div className={styles.columns}>
        <section className="box" aria-labelledby="workers">
          <div className="box-head">
            <h2 id="workers">Workers</h2>
            <span className="t3 s12">one that dies is started again; what it was deciding is unknown</span>
          </div>
          <table className="num">
            <thead>
              <tr>
                <th scope="col">Worker</th>
                <th scope="col">State</th>
                <th scope="col" className="n">
                  Waiting
                </th>
                <th scope="col" className="n">
                  Restarts
                </th>
              </tr>
            </thead>
            <tbody>
              {health.workers.map((worker) => (
                <WorkerRow key={worker.name} worker={worker} />
              ))}
            </tbody>
          </table>
        </section>
        <section className="box" aria-labelledby="kept">
          <div className="box-head">
            <h2 id="kept">What it keeps and what it dropped</h2>
          </div>
          <dl className={`kv box-body num ${styles.kept}`}>
            <dt>Incidents, timelines, drafts</dt>
            <dd>{health.logBytes === null ? 'not known' : bytesText(health.logBytes)}</dd>
            <dt>Samples</dt>
            <dd>{health.metricBytes === null ? 'not known' : bytesText(health.metricBytes)}</dd>
            <dt>Series</dt>
            <dd>{health.seriesCount === null ? 'not known' : health.seriesCount.toLocaleString('en-GB')}</dd>
            <dt>Dropped</dt>
            <dd>
              {health.drops.length === 0
                ? 'nothing'
                : health.drops.map((one) => `${one.count.toLocaleString('en-GB')} ${one.reason}`).join('; ')}
            </dd>
            <dt>Messages</dt>
            <dd>{health.notifierProblem ?? 'go out'}</dd>
            <dt>Started</dt>
            <dd>{absoluteUtc(health.startedAt)}</dd>
            <dt>Clock of this window</dt>
            <dd>
              {skewMs === 0
                ? 'agrees with the core'
                : `${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'behind' : 'ahead of'} the core`}
            </dd>
          </dl>
        </section>
      </div>
      {health.workspace.problems.length > 0 && (
        <section className="box" aria-labelledby="problems">
          <div className="box-head">
            <h2 id="problems">Configuration not taken over</h2>
            <span className="t3 s12">the last good one goes on running</span>
          </div>
          <ul className="box-body stack">
            {health.workspace.problems.map((problem) => (
              <li key={problem}>
                <code className="cmd">{problem}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function WorkerRow({ worker }: { worker: WorkerHealth }) {
  const state = worker.condition === 'ok' ? 'ok' : worker.condition === 'dead' ? 'unwatched' : 'starting';
  return (
    <tr>
      <td>
        <b>{worker.name}</b>
        {worker.lastProblem && <div className="s12 t2">{worker.lastProblem}</div>}
      </td>
      <td>
        <StateBadge state={state}>{worker.condition === 'ok' ? 'lives' : worker.condition}</StateBadge>
      </td>
      <td className="n">{worker.pending}</td>
      <td className={worker.restarts > 0 ? 'n hot' : 'n'}>{worker.restarts}</td>
    </tr>
  );
}

function facts(health: Health): FactView[] {
  return [
    {
      label: 'Loop delay, p99',
      value: health.loopDelayP99Ms.toFixed(1),
      unit: 'ms',
      note: `limit ${LOOP_DELAY_LIMIT_MS} ms`,
      hot: health.loopDelayP99Ms > LOOP_DELAY_LIMIT_MS,
    },
    {
      label: 'Loop delay, most',
      value: health.loopDelayMaxMs.toFixed(0),
      unit: 'ms',
      note: 'since the start',
      hot: false,
    },
    {
      label: 'Polling lag',
      value: health.pollingLagMs === null ? null : formatDuration(health.pollingLagMs),
      unit: '',
      note: 'behind the schedule',
      hot: (health.pollingLagMs ?? 0) > 1_000,
    },
    {
      label: 'Missed ticks',
      value: health.missedTicks.toLocaleString('en-GB'),
      unit: '',
      note: 'polls that did not happen',
      hot: health.missedTicks > 0,
    },
  ];
}
