import type { Health } from '../../../shared/model/health.ts';
import { isWatching, type SourceStatus } from '../../../shared/model/source.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { slowestDecision } from '../../state/health.ts';
import { useCollection, useCore, useNow, useRefresh } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Facts, type FactView } from '../../ui/facts.tsx';
import { coarse } from '../../ui/format.ts';
import { Skeleton } from '../../ui/state.tsx';
import { Dropped } from './dropped.tsx';
import styles from './health.module.css';
import { History } from './history.tsx';
import { Kept } from './kept.tsx';
import { Ledger } from './ledger.tsx';
import { SourceTable } from './source-table.tsx';
import { WorkerTable } from './worker-table.tsx';

/** Loop delay beyond this share of a poll is felt; the design's own limit at the 99th percentile. */
const LOOP_DELAY_LIMIT_MS = 20;
const REPORT_EVERY_MS = 10_000;

/** Midwatch's own state. If it cannot watch, it says so here and everywhere. */
export function HealthScreen() {
  const core = useCore();
  const health = useCollection('health').byId.get('core');
  useRefresh('health', REPORT_EVERY_MS, () => void core.health.loadReport());
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
  const { ready, byId } = useCollection('sources');
  const sources = [...byId.values()].sort((a, b) => a.id.localeCompare(b.id));
  return (
    <div className={styles.body}>
      <Verdict health={health} sources={sources} />
      <h2 className="vh">Figures</h2>
      <Facts facts={facts(health, sources)} />
      <Ledger ready={ready} sources={sources} />
      <SourceTable ready={ready} sources={sources} />
      <History />
      <div className={styles.columns}>
        <WorkerTable workers={health.workers} />
        <Kept health={health} />
      </div>
      <Dropped drops={health.drops} />
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

function workersText(workers: Health['workers']): string {
  const count = (condition: string) => workers.filter((one) => one.condition === condition).length;
  const resting = count('resting');
  const live = `${count('ok')} of ${workers.length} workers live`;
  return resting === 0 ? live : `${live}, ${resting} rest until they are needed`;
}

function Verdict({ health, sources }: { health: Health; sources: readonly SourceStatus[] }) {
  const now = useNow();
  const answering = sources.filter((one) => isWatching(one.condition)).length;
  return (
    <section className={styles.verdict} aria-label="Is it watching">
      {health.blind === null ? (
        <>
          <StateBadge state="ok">
            <b>Watching</b>
          </StateBadge>
          <span className="t2">
            {answering} of {sources.length} {sources.length === 1 ? 'source answers' : 'sources answer'},{' '}
            {workersText(health.workers)}, up for {coarse(Math.max(0, now - health.startedAt))}.
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
  );
}

function facts(health: Health, sources: readonly SourceStatus[]): FactView[] {
  const loop = health.loopDelayMinuteP99Ms ?? health.loopDelayP99Ms;
  const decision = slowestDecision(sources);
  const dropped = health.drops.reduce((sum, one) => sum + one.count, 0);
  return [
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
    {
      label: 'Loop delay, p99',
      value: loop.toFixed(1),
      unit: 'ms',
      note: `${health.loopDelayMinuteP99Ms === null ? 'since the start' : 'latest minute'}; limit ${LOOP_DELAY_LIMIT_MS} ms, most ${health.loopDelayMaxMs.toFixed(0)} ms`,
      hot: loop > LOOP_DELAY_LIMIT_MS,
    },
    {
      label: 'Sample to decision, p95',
      value: decision ? formatDuration(Math.round(decision.p95Ms)) : null,
      unit: '',
      note: decision ? `${decision.freshness}; slowest is ${decision.id}` : 'nothing was decided on yet',
      hot: decision !== null && decision.freshness !== 'real-time',
    },
    {
      label: 'Dropped',
      value: dropped.toLocaleString('en-GB'),
      unit: '',
      note: dropped === 0 ? 'all that came is kept' : 'since the start, by reason below',
      hot: dropped > 0,
    },
  ];
}
