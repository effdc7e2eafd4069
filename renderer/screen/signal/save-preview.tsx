import { useEffect, useState } from 'react';
import type { WorkspaceEditInput } from '../../../shared/config/edit.ts';
import type { ChangedFile, ConfigurationProblem } from '../../../shared/contract/workspace.ts';
import { useBusy, useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/state.tsx';
import styles from './signal.module.css';

interface Preview {
  readonly loads: boolean;
  readonly files: readonly ChangedFile[];
  readonly problems: readonly ConfigurationProblem[];
}

export interface SavePreviewProps {
  /** Null while a field is missing; `missing` says which. */
  edits: readonly WorkspaceEditInput[] | null;
  missing: string;
  verb: string;
  done: string;
  onDone: (files: readonly ChangedFile[]) => void;
}

/** What is typed is looked at when the hand rests. */
const REST_MS = 350;
const KEY = 'signals:save';

/** What would be written and whether the workspace would load with it; nothing is written before it was seen. */
export function SavePreview({ edits, missing, verb, done, onDone }: SavePreviewProps) {
  const core = useCore();
  const busy = useBusy(KEY);
  const asked = edits === null ? '' : JSON.stringify(edits);
  const [seen, setSeen] = useState<{ asked: string; preview: Preview | null; failure: string | null } | null>(
    null,
  );
  useEffect(() => {
    if (asked === '') return;
    let wanted = true;
    const timer = setTimeout(async () => {
      const answer = await core.requests.quiet((api) =>
        api.workspace.preview({ edits: JSON.parse(asked) as WorkspaceEditInput[] }),
      );
      if (!wanted) return;
      setSeen(
        answer.ok
          ? { asked, preview: answer.value, failure: null }
          : { asked, preview: null, failure: answer.error.text },
      );
    }, REST_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [core, asked]);
  const isCurrent = seen !== null && seen.asked === asked;
  const preview = isCurrent ? seen.preview : null;
  const apply = async () => {
    if (!preview?.loads || edits === null) return;
    const versions = Object.fromEntries(preview.files.map((one) => [one.file, one.version]));
    const answer = await core.requests.say(KEY, (api) =>
      api.workspace.apply({ edits: [...edits], versions }),
    );
    if (!answer.ok) return;
    core.ui.toast('ok', `${done} ${answer.value.files.map((one) => one.file).join(', ')}.`);
    onDone(answer.value.files);
  };
  return (
    <>
      {edits === null && <p className="t2 s12">{missing}</p>}
      {isCurrent && seen.failure && (
        <Problem title="This cannot be written">
          <p>{seen.failure}</p>
        </Problem>
      )}
      {preview?.problems.map((one) => (
        <Problem
          key={`${one.file}:${one.line}:${one.column}:${one.message}`}
          title={one.severity === 'error' ? 'The workspace would not load' : 'Worth knowing'}
        >
          <p>
            <code>
              {one.file}:{one.line}
            </code>{' '}
            {one.path} {one.message}
          </p>
        </Problem>
      ))}
      {preview?.files.map((one) => (
        <div key={one.file} className="stack">
          <h3>
            {one.change} <code>{one.file}</code>
          </h3>
          {one.diff !== '' && <code className={styles.code}>{one.diff}</code>}
        </div>
      ))}
      <div className="line">
        <Button
          kind="primary"
          busy={busy}
          disabled={!preview?.loads || edits === null}
          onPress={() => void apply()}
        >
          {verb}
        </Button>
      </div>
    </>
  );
}
