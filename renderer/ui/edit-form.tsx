import type { ReactNode } from 'react';
import type { ChangedFile, ConfigurationProblem } from '../../shared/contract/workspace.ts';
import { Button } from './button.tsx';
import { DraftFiles } from './draft-files.tsx';
import { Form } from './form.tsx';

/** A change of files as a form shows it: what it would do, whether it is being written, and how to write it. */
export interface EditLook {
  readonly preview: {
    readonly loads: boolean;
    readonly files: readonly ChangedFile[];
    readonly problems: readonly ConfigurationProblem[];
  } | null;
  readonly failure: string | null;
  readonly busy: boolean;
  save(): Promise<void>;
}

/** A form that writes the files, once the workspace would load with them. */
export function EditForm({
  edit,
  className = 'form',
  onRefused,
  children,
}: {
  edit: EditLook;
  className?: string;
  /** Somebody wants to save what cannot be saved yet. */
  onRefused?: () => void;
  children: ReactNode;
}) {
  return (
    <Form
      className={className}
      onSubmit={() => {
        if (!edit.preview?.loads) onRefused?.();
        else if (!edit.busy) void edit.save();
      }}
    >
      {children}
    </Form>
  );
}

/** The files that the change would make, beside its fields. */
export function EditFiles({
  edit,
  failure = null,
  open,
}: {
  edit: EditLook;
  /** What went wrong before there was a change to look at. */
  failure?: string | null;
  open?: boolean;
}) {
  return (
    <DraftFiles
      files={edit.preview?.files ?? []}
      problems={edit.preview?.problems ?? []}
      failure={failure ?? edit.failure}
      open={open}
    />
  );
}

/** The one filled button of such a form. */
export function EditSave({
  edit,
  caps,
  autoFocus,
  onRefused,
  children,
}: {
  edit: EditLook;
  caps?: readonly string[];
  autoFocus?: boolean;
  onRefused?: (() => void) | undefined;
  children: ReactNode;
}) {
  return (
    <Button
      type="submit"
      kind="primary"
      caps={caps}
      autoFocus={autoFocus}
      busy={edit.busy}
      disabled={!edit.preview?.loads}
      onRefused={onRefused}
      onPress={() => undefined}
    >
      {children}
    </Button>
  );
}

/** The end of such a form in a dialog. */
export function EditActions({
  edit,
  verb,
  onCancel,
  onRefused,
}: {
  edit: EditLook;
  verb: string;
  onCancel: () => void;
  onRefused?: () => void;
}) {
  return (
    <div className="line form-actions">
      <Button kind="quiet" caps={['Esc']} onPress={onCancel}>
        Cancel
      </Button>
      <EditSave edit={edit} onRefused={onRefused}>
        {verb}
      </EditSave>
    </div>
  );
}
