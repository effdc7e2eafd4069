import type { WorkspaceEditInput } from '../../../shared/config/edit.ts';
import { type EditDone, useWorkspaceEdit } from '../../state/workspace-edit.ts';
import { EditFiles, EditForm, EditSave } from '../../ui/edit-form.tsx';

export interface SavePreviewProps extends EditDone {
  /** Null while a field is missing; `missing` says which. */
  edits: readonly WorkspaceEditInput[] | null;
  missing: string;
  verb: string;
}

/** What would be written and whether the workspace would load with it; nothing is written before it was seen. */
export function SavePreview({ edits, missing, verb, said, onDone }: SavePreviewProps) {
  const edit = useWorkspaceEdit(edits, { said, onDone });
  return (
    <EditForm edit={edit}>
      {edits === null && <p className="t2 s12">{missing}</p>}
      <EditFiles edit={edit} />
      <div className="line">
        <EditSave edit={edit}>{verb}</EditSave>
      </div>
    </EditForm>
  );
}
