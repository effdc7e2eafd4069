import type { Health } from '../../../shared/model/health.ts';
import styles from './health.module.css';

/** What was received and not kept: nothing is lost without a number and a reason. */
export function Dropped({ drops }: { drops: Health['drops'] }) {
  if (drops.length === 0) return null;
  return (
    <section className="box" aria-labelledby="dropped">
      <div className="box-head">
        <h2 id="dropped">Dropped</h2>
        <span className="t3 s12">samples that came and were not kept, since the start</span>
      </div>
      <div className={styles.scroll}>
        <table className="num" aria-labelledby="dropped">
          <thead>
            <tr>
              <th scope="col">Reason</th>
              <th scope="col" className="n">
                Samples
              </th>
            </tr>
          </thead>
          <tbody>
            {[...drops]
              .sort((a, b) => b.count - a.count)
              .map(({ reason, count }) => (
                <tr key={reason}>
                  <td>{reason}</td>
                  <td className="n">{count.toLocaleString('en-GB')}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
