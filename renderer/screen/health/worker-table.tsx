import type { WorkerHealth } from '../../../shared/model/health.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { REPORT } from '../../state/health.ts';
import { useCore, useLoaded } from '../../state/use-core.tsx';
import { StateBadge, type StateName } from '../../ui/badge.tsx';
import { bytesText } from '../../ui/format.ts';
import styles from './health.module.css';

/** A call that waits longer holds up what people see. */
const WAIT_LIMIT_MS = 1_000;

const LOOK: Readonly<Record<WorkerHealth['condition'], readonly [StateName, string]>> = {
  ok: ['ok', 'lives'],
  resting: ['ok', 'rests until it is needed'],
  starting: ['starting', 'starting'],
  dead: ['unwatched', 'dead'],
};

/** The threads: whether each lives, what waits in it, and the memory it has. */
export function WorkerTable({ workers }: { workers: readonly WorkerHealth[] }) {
  const { value } = useLoaded(useCore().health.report, REPORT);
  const memory = new Map(value?.memory.threads.map((one) => [one.name, one.usedBytes]));
  return (
    <section className="box" aria-labelledby="workers">
      <div className="box-head">
        <h2 id="workers">Workers</h2>
        <span className="t3 s12">one that dies is started again; what it was deciding is unknown</span>
      </div>
      <div className={styles.scroll}>
        <table className="num" aria-labelledby="workers">
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col">State</th>
              <th scope="col" className="n">
                Waiting
              </th>
              <th scope="col" className="n">
                Oldest
              </th>
              <th scope="col" className="n">
                Heap
              </th>
              <th scope="col" className="n">
                Restarts
              </th>
            </tr>
          </thead>
          <tbody>
            {workers.map((worker) => (
              <Row key={worker.name} worker={worker} heap={memory.get(worker.name)} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ worker, heap }: { worker: WorkerHealth; heap: number | undefined }) {
  const [state, words] = LOOK[worker.condition];
  const { longestWaitMs } = worker;
  return (
    <tr>
      <td>
        <b>{worker.name}</b>
        {worker.lastProblem && <div className="s12 t2">{worker.lastProblem}</div>}
      </td>
      <td>
        <StateBadge state={state}>{words}</StateBadge>
      </td>
      <td className="n">{worker.pending.toLocaleString('en-GB')}</td>
      <td className={(longestWaitMs ?? 0) > WAIT_LIMIT_MS ? 'n hot' : 'n'}>
        {longestWaitMs === null ? '–' : formatDuration(Math.round(longestWaitMs))}
      </td>
      <td className="n">{heap === undefined ? '–' : bytesText(heap)}</td>
      <td className={worker.restarts > 0 ? 'n hot' : 'n'}>{worker.restarts}</td>
    </tr>
  );
}
