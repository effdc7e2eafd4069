import type { ChangedFile, ConfigurationProblem } from '../../shared/contract/workspace.ts';

/** Few files are shown open: whoever saves wants to see what is written. */
const OPEN_MAX = 3;

/** The files as a change would make them, and what the workspace says of them. Nothing of it is written yet. */
export function DraftFiles({
  files,
  problems,
  failure,
  open = true,
}: {
  files: readonly ChangedFile[];
  problems: readonly ConfigurationProblem[];
  failure: string | null;
  /** Whether few files are shown open. */
  open?: boolean | undefined;
}) {
  return (
    <section className="draft" aria-label="Files">
      {failure !== null && (
        <p role="alert" className="draft-trouble">
          {failure}
        </p>
      )}
      {problems.some((one) => one.severity === 'error') && (
        <b role="alert">The workspace would not load with this, so it cannot be saved.</b>
      )}
      {problems.map((one) => (
        <p
          key={`${one.file}:${one.line}:${one.column}:${one.path}${one.message}`}
          className={one.severity === 'error' ? 'draft-trouble' : 's12 t2'}
        >
          <code>
            {one.file}:{one.line}
          </code>{' '}
          {one.path}: {one.message}
        </p>
      ))}
      {files.map((one) => (
        <details key={one.file} open={open && files.length <= OPEN_MAX}>
          <summary>
            <code>{one.file}</code> <span className="t3">{one.change}</span>
          </summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
          <pre className="draft-diff" tabIndex={0}>
            {one.diff}
          </pre>
        </details>
      ))}
    </section>
  );
}
