import { useState } from 'react';
import { useBusy, useCollection, useCore } from '../../state/use-core.tsx';
import { FormDialog } from './form.tsx';

/** A manual step: what to do, and what the person saw, for the timeline. */
export function ObserveStep({
  runId,
  stepId,
  onClose,
}: {
  runId: string;
  stepId: string;
  onClose: () => void;
}) {
  const core = useCore();
  const run = useCollection('runs').byId.get(runId);
  const busy = useBusy(`run:${runId}`);
  const [text, setText] = useState('');
  const step = [...(run?.playbook.diagnosis ?? []), ...(run?.playbook.mitigation ?? [])].find(
    (one) => one.id === stepId,
  );
  const save = async () => {
    if (await core.playbook.observed(runId, text.trim())) onClose();
  };
  return (
    <FormDialog
      title={step?.title ?? 'Manual step'}
      verb="Done"
      busy={busy}
      ready={text.trim() !== ''}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      {step?.kind === 'manual' && <p className="step-text">{step.instruction}</p>}
      {step?.expect && <p className="t2 s12">Expected: {step.expect}</p>}
      <label>
        What did you see?
        <textarea
          data-focus
          rows={3}
          maxLength={2_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
    </FormDialog>
  );
}
