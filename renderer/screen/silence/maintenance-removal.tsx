import { useMemo } from 'react';
import type { MaintenanceState } from '../../../shared/model/maintenance.ts';
import { removalOf } from '../../state/maintenance-draft.ts';
import { useWorkspaceEdit } from '../../state/workspace-edit.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EditFiles } from '../../ui/edit-form.tsx';

/** What is taken out of the file, seen before it is. */
export function MaintenanceRemoval({ window, onClose }: { window: MaintenanceState; onClose: () => void }) {
  const edits = useMemo(() => removalOf(window), [window]);
  const edit = useWorkspaceEdit(edits, {
    said: () => `${window.title} is no longer planned.`,
    onDone: onClose,
  });
  return (
    <Dialog title={`Remove ${window.title}`} onClose={onClose}>
      <div className="form">
        <p className="t2">
          {window.current
            ? 'It runs now: what it holds and still fires may page at once.'
            : 'Nothing it would have covered is held any more.'}
        </p>
        <EditFiles edit={edit} />
        <div className="line form-actions">
          <Button kind="quiet" caps={['Esc']} autoFocus onPress={onClose}>
            Keep it
          </Button>
          <Button
            kind="stop"
            busy={edit.busy}
            disabled={!edit.preview?.loads}
            onPress={() => void edit.save()}
          >
            Remove window
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
