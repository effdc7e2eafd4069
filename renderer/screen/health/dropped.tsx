import { dropAdvice } from '../../../shared/model/drop-reason.ts';
import type { Health } from '../../../shared/model/health.ts';
import styles from './health.module.css';

/** What was received and not kept: nothing is lost without a number, a reason, and what to do about it. */
export function Dropped({ drops }: { drops: Health['drops'] }) {
  if (drops.length === 0) return null;
  return (
    <section className="box" aria-labelledby="dropped">
      <div className="box-head">
        <h2 id="dropped">Dropped</h2>
        <span className="t3 s12">what came and was not kept, since the start</span>
      </div>
      <div className={styles.scroll}>
        <table className="num" aria-labelledby="dropped">
          <thead>
            <tr>
              <th scope="col">Reason</th>
              <th scope="col">What it means, and what to do</th>
              <th scope="col" className="n">
                Number
              </th>
            </tr>
          </thead>
          <tbody>
            {[...drops]
              .sort((a, b) => b.count - a.count)
              .map((one) => (
                <Row key={one.reason} {...one} />
              ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ reason, count }: Health['drops'][number]) {
  const { means, todo } = dropAdvice(reason);
  return (
    <tr>
      <td className={styles.reason}>{reason}</td>
      <td className={`s12 ${styles.advice}`}>
        <span className="t2">{means}</span> {todo}
      </td>
      <td className="n">{count.toLocaleString('en-GB')}</td>
    </tr>
  );
}
