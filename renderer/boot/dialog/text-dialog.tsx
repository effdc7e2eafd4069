import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** A dry run or an output: exact text, nothing interpreted. */
export function TextDialog({
  title,
  text,
  note,
  onClose,
}: {
  title: string;
  text: string;
  note: string;
  onClose: () => void;
}) {
  return (
    <Dialog title={title} onClose={onClose}>
      <div className="form">
        <code className="cmd cmd-tall">{text}</code>
        {note !== '' && <p className="t2 s12">{note}</p>}
        <div className="line form-actions">
          <Button kind="primary" caps={['Esc']} autoFocus onPress={onClose}>
            Close
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
