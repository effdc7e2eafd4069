import { isWatching, type SourceStatus } from '../../../shared/model/source.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { useBusy, useCore, useNow } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Ago } from '../../ui/moment.tsx';
import { SOURCE_LOOK } from '../../ui/source-look.ts';
import { Empty, Skeleton } from '../../ui/state.tsx';
import styles from './health.module.css';

/** How each source fares now: latency, the last answer, what went wrong and what to do about it. */
export function SourceTable({ ready, sources }: { ready: boolean; sources: readonly SourceStatus[] }) {
  return (
    <section className="box" aria-labelledby="source-health">
      <div className="box-head">
        <h2 id="source-health">Sources</h2>
        <span className="t3 s12">decided within: from a sample’s receipt to the decision, p95</span>
      </div>
      {!ready && <Skeleton rows={3} label="Loading the sources" />}
      {ready && sources.length === 0 && (
        <Empty glyph="wait" title="No source yet">
          <p>Midwatch watches nothing. Add a source in Settings (g s): paste the address of a Prometheus.</p>
        </Empty>
      )}
      {sources.length > 0 && (
        <div className={styles.scroll}>
          <table className="num" aria-labelledby="source-health">
            <thead>
              <tr>
                <th scope="col">Source</th>
                <th scope="col">State</th>
                <th scope="col">Last answer</th>
                <th scope="col" className="n">
                  Latency
                </th>
                <th scope="col" className="n">
                  Missed
                </th>
                <th scope="col" className="n">
                  Decided within
                </th>
                <th scope="col" className="n">
                  Series
                </th>
                <th scope="col" className="n">
                  Left out
                </th>
                <th scope="col">
                  <span className="vh">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {sources.map((source) => (
                <Row key={source.id} source={source} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** The account of one source beside that of the whole: how much, and on hover why. */
function LeftOut({ leftOut }: Pick<SourceStatus, 'leftOut'>) {
  const count = leftOut.reduce((sum, one) => sum + one.count, 0);
  const why = leftOut.map((one) => `${one.count.toLocaleString('en-GB')} ${one.reason}`).join('\n');
  return (
    <td className={count > 0 ? 'n hot' : 'n'} title={count > 0 ? why : undefined}>
      {count === 0 ? 'none' : count.toLocaleString('en-GB')}
      {count > 0 && <span className="vh">: {why}</span>}
    </td>
  );
}

function Row({ source }: { source: SourceStatus }) {
  const core = useCore();
  const now = useNow();
  const busy = useBusy(`try:${source.id}`);
  const [state, words] = SOURCE_LOOK[source.condition];
  const { decisionDelay } = source;
  return (
    <tr>
      <td className={styles.source}>
        <b>{source.id}</b> <span className="t3 s12">{source.kind}</span>
        {source.problem !== null && (
          <p className={isWatching(source.condition) ? 's12 t2' : 's12 t1'}>{source.problem}</p>
        )}
      </td>
      <td>
        <StateBadge state={state}>{words}</StateBadge>
      </td>
      <td>{source.lastOkAt === null ? 'never' : <Ago at={source.lastOkAt} now={now} />}</td>
      <td className="n">{source.latencyMs === null ? '–' : formatDuration(Math.round(source.latencyMs))}</td>
      <td className={source.missedTicks > 0 ? 'n hot' : 'n'}>{source.missedTicks.toLocaleString('en-GB')}</td>
      <td className="n" title={decisionDelay ? `${decisionDelay.freshness}` : 'nothing was decided on yet'}>
        {decisionDelay ? formatDuration(Math.round(decisionDelay.p95Ms)) : '–'}
      </td>
      <td className="n">{source.seriesCount === null ? '–' : source.seriesCount.toLocaleString('en-GB')}</td>
      <LeftOut leftOut={source.leftOut} />
      <td className="n">
        <Button
          busy={busy}
          onPress={() =>
            void core.requests.say(`try:${source.id}`, (api) => api.source.tryNow({ sourceId: source.id }))
          }
        >
          Try now<span className="vh"> {source.id}</span>
        </Button>
      </td>
    </tr>
  );
}
