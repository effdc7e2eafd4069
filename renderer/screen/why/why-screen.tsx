import { useCore } from '../../state/use-core.tsx';
import { USUAL_SPAN } from '../../state/why.ts';
import { DeliveryLog } from './delivery-log.tsx';
import { VerdictLog } from './verdict-log.tsx';
import styles from './why.module.css';

const LOGS = [
  { id: 'verdicts', label: 'Verdicts' },
  { id: 'deliveries', label: 'Deliveries' },
] as const;

/** Why somebody was paged, or was not: every verdict of every stage, and every message with what became of it. */
export function WhyScreen({
  text,
  log,
  span,
}: {
  text: string;
  log: 'verdicts' | 'deliveries';
  span: string | null;
}) {
  const core = useCore();
  return (
    <main className={styles.main} tabIndex={-1}>
      <div className="pane">
        <div className="pane-head">
          <h1 className="pane-title">Why</h1>
          <span className="t3 s12">
            {log === 'verdicts'
              ? 'what each stage said of each alert, kept for 13 months'
              : 'each message to each channel, from the outbox'}
          </span>
          <fieldset className={`push ${styles.logs}`}>
            <legend className="vh">What is shown</legend>
            {LOGS.map(({ id, label }) => (
              <label key={id}>
                <input
                  type="radio"
                  name="log"
                  checked={log === id}
                  onChange={() =>
                    core.ui.go({
                      screen: 'why',
                      text: '',
                      ...(id === 'deliveries' ? { log: id } : {}),
                    })
                  }
                />
                {label}
              </label>
            ))}
          </fieldset>
        </div>
        {log === 'verdicts' ? (
          <VerdictLog text={text} span={span ?? USUAL_SPAN} />
        ) : (
          <DeliveryLog text={text} />
        )}
      </div>
    </main>
  );
}
