import { useMemo } from 'react';
import type { MaintenanceState } from '../../../shared/model/maintenance.ts';
import { removalOf } from '../../state/maintenance-draft.ts';
import { useCore } from '../../state/use-core.tsx';
import { useWorkspaceEdit } from '../../state/workspace-edit.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DraftFiles } from '../../ui/draft-files.tsx';

/** What is taken out of the file, seen before it is. */
export function MaintenanceRemoval({ window, onClose }: { window: MaintenanceState; onClose: () => void }) {
  const core = useCore();
  const edits = useMemo(() => removalOf(window), [window]);
  const edit = useWorkspaceEdit(edits);
  const remove = async () => {
    const files = await edit.apply();
    if (!files) return;
    core.ui.toast('ok', `${window.title} is no longer planned.`);
    onClose();
  };
  return (
    <Dialog title={`Remove ${window.title}`} onClose={onClose}>
      <div className="form">
        <p className="t2">
          {window.current
            ? 'It runs now: what it holds and still fires may page at once.'
            : 'Nothing it would have covered is held any more.'}
        </p>
        <DraftFiles
          files={edit.preview?.files ?? []}
          problems={edit.preview?.problems ?? []}
          failure={edit.failure}
        />
        <div className="line form-actions">
          <Button kind="quiet" caps={['Esc']} autoFocus onPress={onClose}>
            Keep it
          </Button>
          <Button kind="stop" busy={edit.busy} disabled={!edit.preview?.loads} onPress={() => void remove()}>
            Remove window
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
