import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Form } from '../../ui/form.tsx';

export interface FormDialogProps {
  title: string;
  verb: string;
  busy: boolean;
  ready: boolean;
  onClose: () => void;
  onSubmit: () => void;
  children: ReactNode;
  /** A stop or a change of production is not drawn as the inviting thing to do. */
  grave?: boolean;
}

/** A dialog with fields, one verb, and a way out. Ctrl+Enter does it from any field. */
export function FormDialog({
  title,
  verb,
  busy,
  ready,
  onClose,
  onSubmit,
  children,
  grave = false,
}: FormDialogProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        onSubmit={() => {
          if (ready && !busy) onSubmit();
        }}
      >
        {children}
        <div className="line form-actions">
          <Button kind="quiet" caps={['Esc']} onPress={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            kind={grave ? 'stop' : 'primary'}
            busy={busy}
            disabled={!ready}
            onPress={onSubmit}
          >
            {verb}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
