import type { FoundVerdict } from '../../../shared/contract/alert.ts';
import { useNow } from '../../state/use-core.tsx';
import { Clock } from '../../ui/moment.tsx';
import styles from './why.module.css';

/** Verdicts as they were said, each with its rule's place in the files. */
export function VerdictRows({ found }: { found: readonly FoundVerdict[] }) {
  const now = useNow();
  return (
    <ol className={`num ${styles.rows}`} aria-label="Verdicts">
      {found.map((one, at) => (
        <li key={at}>
          <Clock at={one.at} now={now} />
          <b>{one.stage}</b>
          <span className="t3">{one.outcome}</span>
          <span className="t2">
            <span className="t1">{one.title === null ? one.alertId : `${one.service}: ${one.title}`}</span>{' '}
            {one.reason} {one.definedAt !== null && <code>{one.definedAt}</code>}
          </span>
        </li>
      ))}
    </ol>
  );
}
