import type { WorkspaceEditInput } from '../../../shared/config/edit.ts';
import { useWorkspaceEdit } from '../../state/workspace-edit.ts';
import { Button } from '../../ui/button.tsx';
import { EditFiles, EditForm, EditSave } from '../../ui/edit-form.tsx';

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
  const edit = useWorkspaceEdit(edits, { said: (files) => `Written and watched: ${files}.`, onDone });
  return (
    <EditForm edit={edit}>
      {edit.preview === null && edit.failure === null && (
        <p role="status">Checking the workspace as it would be.</p>
      )}
      <EditFiles edit={edit} />
      <div className="line">
        <EditSave edit={edit} caps={['Enter']} autoFocus>
          Write and watch
        </EditSave>
        <Button onPress={onBack}>Back</Button>
      </div>
    </EditForm>
  );
}
