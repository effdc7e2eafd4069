import type { WorkspaceEditInput } from '../../../shared/config/edit.ts';
import { useCore } from '../../state/use-core.tsx';
import { useWorkspaceEdit } from '../../state/workspace-edit.ts';
import { Button } from '../../ui/button.tsx';
import { DraftFiles } from '../../ui/draft-files.tsx';

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
  const { preview, failure, busy, apply } = useWorkspaceEdit(edits);
  const write = async () => {
    const files = await apply();
    if (!files) return;
    core.ui.toast('ok', `Written and watched: ${files.map((one) => one.file).join(', ')}.`);
    onDone();
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (preview?.loads && !busy) void write();
      }}
    >
      {preview === null && failure === null && <p role="status">Checking the workspace as it would be.</p>}
      <DraftFiles files={preview?.files ?? []} problems={preview?.problems ?? []} failure={failure} />
      <div className="line">
        <Button
          type="submit"
          kind="primary"
          caps={['Enter']}
          autoFocus
          busy={busy}
          disabled={!preview?.loads}
          onPress={() => undefined}
        >
          Write and watch
        </Button>
        <Button onPress={onBack}>Back</Button>
      </div>
    </form>
  );
}
