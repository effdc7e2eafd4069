import { useEffect, useState } from 'react';
import type { WorkspaceEditInput } from '../../../shared/config/edit.ts';
import type { Objective } from '../../../shared/model/objective.ts';
import type { Change } from '../../state/objective-past.ts';
import { useCore } from '../../state/use-core.tsx';
import { useWorkspaceEdit } from '../../state/workspace-edit.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { EditActions, EditFiles, EditForm } from '../../ui/edit-form.tsx';

interface Prepared {
  readonly edits: readonly WorkspaceEditInput[] | null;
  readonly notes: readonly string[];
  readonly failure: string | null;
}

/** What was tried becomes what is watched: the objective's file as it would be, then one button that writes it. */
export function SaveChange({
  objective,
  change,
  onClose,
}: {
  objective: Objective;
  change: Change;
  onClose: () => void;
}) {
  const { edits, notes, failure } = usePrepared(objective.id, change);
  const edit = useWorkspaceEdit(edits !== null && edits.length > 0 ? edits : null, {
    said: (files) => `Saved and evaluated from now on: ${files}.`,
    onDone: onClose,
  });
  return (
    <Dialog title={`Save this change of ${objective.title}`} onClose={onClose}>
      <EditForm edit={edit}>
        {edits === null && failure === null && <p role="status">Looking for its place in the file.</p>}
        {edits?.length === 0 && (
          <p role="status">It is what the file says already: there is nothing to save.</p>
        )}
        {notes.map((note) => (
          <p key={note} className="s12 t2">
            {note}
          </p>
        ))}
        <EditFiles edit={edit} failure={failure} />
        <EditActions edit={edit} verb="Save change" onCancel={onClose} />
      </EditForm>
    </Dialog>
  );
}

/** The edits, asked for once: they begin with the file as it is now. */
function usePrepared(objectiveId: string, change: Change): Prepared {
  const core = useCore();
  const asked = JSON.stringify(change);
  const [prepared, setPrepared] = useState<Prepared>({ edits: null, notes: [], failure: null });
  useEffect(() => {
    let wanted = true;
    void core.requests
      .quiet((api) => api.objective.changeEdits({ objectiveId, change: JSON.parse(asked) as Change }))
      .then((answer) => {
        if (!wanted) return;
        setPrepared(
          answer.ok
            ? { ...answer.value, failure: null }
            : { edits: null, notes: [], failure: answer.error.text },
        );
      });
    return () => {
      wanted = false;
    };
  }, [core, objectiveId, asked]);
  return prepared;
}
