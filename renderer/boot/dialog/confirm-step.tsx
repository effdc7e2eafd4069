import { useState } from 'react';
import { requestText } from '../../state/step.ts';
import { useBusy, useCollection, useCore } from '../../state/use-core.tsx';
import { FormDialog } from './form.tsx';

/** Production asks for its name: what will be sent is in sight, and nothing is sent until the name is typed. */
export function ConfirmStep({
  runId,
  stepId,
  type,
  request,
  retry,
  onClose,
}: {
  runId: string;
  stepId: string;
  type: string;
  /** What will be sent, with its real arguments. */
  request: string;
  retry: boolean;
  onClose: () => void;
}) {
  const core = useCore();
  const run = useCollection('runs').byId.get(runId);
  const busy = useBusy(`run:${runId}`);
  const [typed, setTyped] = useState('');
  const step = [...(run?.playbook.diagnosis ?? []), ...(run?.playbook.mitigation ?? [])].find(
    (one) => one.id === stepId,
  );
  const save = () => {
    onClose();
    void core.playbook.confirmed(runId, stepId, typed, retry);
  };
  return (
    <FormDialog
      title={step?.title ?? 'Confirm the step'}
      verb="Send it"
      grave
      busy={busy}
      ready={typed === type}
      onClose={onClose}
      onSubmit={save}
    >
      <code className="cmd">{request}</code>
      {step?.kind === 'http' && (
        <div className="t2 s12">
          {step.undo ? (
            <>
              Undo: <code>{requestText(step.undo)}</code>
            </>
          ) : (
            'No undo is written for this step.'
          )}
        </div>
      )}
      <label>
        <span>
          Type <b className="mono">{type}</b> to send it
        </span>
        <input
          type="text"
          data-focus
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
    </FormDialog>
  );
}
