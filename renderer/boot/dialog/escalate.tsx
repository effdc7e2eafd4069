import { useEffect, useState } from 'react';
import type { EscalationOutlook } from '../../../shared/model/escalation.ts';
import { outlookText } from '../../state/alert-word.ts';
import { useBusy, useCollection, useCore } from '../../state/use-core.tsx';
import { FormDialog } from './form.tsx';
import { ReasonField } from './reason-field.tsx';

interface Look {
  readonly outlook: EscalationOutlook | null;
  readonly problem: string | null;
}

/** Tells the next of a chain at once: whom is seen before anybody is told, and why goes before the page. */
export function Escalate({ alertId, onClose }: { alertId: string; onClose: () => void }) {
  const core = useCore();
  const alert = useCollection('alerts').byId.get(alertId);
  const key = `escalate:${alertId}`;
  const busy = useBusy(key);
  const [reason, setReason] = useState('');
  const look = useOutlook(alertId);
  const send = async () => {
    const told = await core.requests.say(key, (api) =>
      api.alert.escalate({ alertId, reason: reason.trim() }),
    );
    if (!told.ok) return;
    core.ui.toast('ok', `Escalated to ${told.value.receivers.join(', ')}. It stands on the timeline.`);
    onClose();
  };
  return (
    <FormDialog
      title={`Escalate ${alert?.title ?? 'this alert'}`}
      verb={look?.outlook ? `Tell ${look.outlook.receivers.join(', ')}` : 'Escalate'}
      grave
      busy={busy}
      ready={look?.outlook != null && reason.trim() !== ''}
      onClose={onClose}
      onSubmit={() => void send()}
    >
      <div className="stack" role="status">
        {look === null && <p className="s12 t3">Looking whom that would tell.</p>}
        {look?.problem != null && <p className="c-burn">{look.problem}</p>}
        {look?.outlook && (
          <>
            <p>{outlookText(look.outlook)}</p>
            {look.outlook.said.map((one) => (
              <p key={one} className="s12 t2">
                {one}
              </p>
            ))}
            <p className="s12 t2">
              {look.outlook.told.length === 0
                ? 'Nobody was told of it yet.'
                : `Told before: ${look.outlook.told.join(', ')}.`}
            </p>
          </>
        )}
      </div>
      <ReasonField
        label="Why; it is the first thing they read"
        value={reason}
        maxLength={500}
        onChange={setReason}
      />
    </FormDialog>
  );
}

function useOutlook(alertId: string): Look | null {
  const core = useCore();
  const [look, setLook] = useState<Look | null>(null);
  useEffect(() => {
    let wanted = true;
    void core.requests
      .quiet((api) => api.alert.escalation({ alertId }))
      .then((answer) => {
        if (wanted) setLook(answer.ok ? answer.value : { outlook: null, problem: answer.error.text });
      });
    return () => {
      wanted = false;
    };
  }, [core, alertId]);
  return look;
}
