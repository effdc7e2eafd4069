import type { EditPreview } from '../../state/workspace-edit.ts';
import styles from './objective.module.css';

/** The files as they would be, and what the workspace says of them. */
export function DraftFiles({ preview, failure }: { preview: EditPreview | null; failure: string | null }) {
  if (failure !== null)
    return (
      <p role="alert" className={styles.note}>
        {failure}
      </p>
    );
  return (
    <section className="stack" aria-label="Files">
      {preview?.problems.map((one) => (
        <p
          key={`${one.file}:${one.line}:${one.path}${one.message}`}
          className={one.severity === 'error' ? styles.note : 's12 t2'}
        >
          <code>
            {one.file}:{one.line}
          </code>{' '}
          {one.path}: {one.message}
        </p>
      ))}
      {preview?.files.map((one) => (
        <details key={one.file}>
          <summary>
            <code>{one.file}</code> <span className="t3">{one.change}</span>
          </summary>
          <pre className={styles.diff}>{one.diff}</pre>
        </details>
      ))}
    </section>
  );
}
