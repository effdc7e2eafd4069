import type { WorkspaceEditInput } from '../../../shared/config/edit.ts';
import type { ChangedFile } from '../../../shared/contract/workspace.ts';
import { useCore } from '../../state/use-core.tsx';
import { useWorkspaceEdit } from '../../state/workspace-edit.ts';
import { Button } from '../../ui/button.tsx';
import { Problem } from '../../ui/state.tsx';
import styles from './signal.module.css';

export interface SavePreviewProps {
  /** Null while a field is missing; `missing` says which. */
  edits: readonly WorkspaceEditInput[] | null;
  missing: string;
  verb: string;
  done: string;
  onDone: (files: readonly ChangedFile[]) => void;
}

/** What would be written and whether the workspace would load with it; nothing is written before it was seen. */
export function SavePreview({ edits, missing, verb, done, onDone }: SavePreviewProps) {
  const core = useCore();
  const { preview, failure, busy, apply } = useWorkspaceEdit(edits);
  const save = async () => {
    const files = await apply();
    if (!files) return;
    core.ui.toast('ok', `${done} ${files.map((one) => one.file).join(', ')}.`);
    onDone(files);
  };
  return (
    <>
      {edits === null && <p className="t2 s12">{missing}</p>}
      {failure && (
        <Problem title="This cannot be written">
          <p>{failure}</p>
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
          onPress={() => void save()}
        >
          {verb}
        </Button>
      </div>
    </>
  );
}
