import { useEffect, useState } from 'react';
import type { WorkspaceEditInput } from '../../../shared/config/edit.ts';
import type { ChangedFile, ConfigurationProblem } from '../../../shared/contract/workspace.ts';
import { useBusy, useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import styles from './add-source.module.css';

interface Seen {
  readonly loads: boolean;
  readonly files: readonly ChangedFile[];
  readonly problems: readonly ConfigurationProblem[];
}

/** The files as they would be. Nothing is written before it is accepted here, and only if the workspace would load. */
export function Review({
  edits,
  onBack,
  onDone,
}: {
  edits: readonly WorkspaceEditInput[];
  onBack: () => void;
  onDone: () => void;
}) {
  const core = useCore();
  const busy = useBusy('workspace.apply');
  const [seen, setSeen] = useState<Seen | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the edits are those that the step began with
  useEffect(() => {
    void core.requests
      .quiet((api) => api.workspace.preview({ edits: [...edits] }))
      .then((answer) => {
        if (answer.ok) setSeen(answer.value);
        else setProblem(answer.error.text);
      });
  }, []);
  const write = async () => {
    if (!seen) return;
    const versions = Object.fromEntries(seen.files.map((one) => [one.file, one.version]));
    const answer = await core.requests.say('workspace.apply', (api) =>
      api.workspace.apply({ edits: [...edits], versions }),
    );
    if (!answer.ok) return setProblem(answer.error.text);
    core.ui.toast('ok', `Written and watched: ${answer.value.files.map((one) => one.file).join(', ')}.`);
    onDone();
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (seen?.loads && !busy) void write();
      }}
    >
      {seen === null && problem === null && <p role="status">Checking the workspace as it would be.</p>}
      {seen?.problems.map((one) => (
        <p
          key={`${one.file}:${one.line}:${one.path}${one.message}`}
          className={one.severity === 'error' ? styles.trouble : 's12 t2'}
        >
          <code>
            {one.file}:{one.line}
          </code>{' '}
          {one.path}: {one.message}
        </p>
      ))}
      {problem !== null && (
        <p className={styles.trouble} role="alert">
          {problem}
        </p>
      )}
      <section className={styles.list} aria-label="Files" tabIndex={-1}>
        {seen?.files.map((one) => (
          <details key={one.file} open={seen.files.length < 4}>
            <summary>
              <code>{one.file}</code> <span className="t3">{one.change}</span>
            </summary>
            <pre className={styles.diff}>{one.diff}</pre>
          </details>
        ))}
      </section>
      <div className="line">
        <Button
          type="submit"
          kind="primary"
          caps={['Enter']}
          autoFocus
          busy={busy}
          disabled={!seen?.loads}
          onPress={() => undefined}
        >
          Write and watch
        </Button>
        <Button onPress={onBack}>Back</Button>
      </div>
    </form>
  );
}
