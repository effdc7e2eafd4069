import { useState } from 'react';
import { useBusy, useCollection, useCore } from '../../state/use-core.tsx';
import { FormDialog } from './form.tsx';
import { ReasonField } from './reason-field.tsx';

/** Gives an acknowledgement back: what comes of that is said before, and the reason stands on the timeline. */
export function Rearm({ alertId, onClose }: { alertId: string; onClose: () => void }) {
  const core = useCore();
  const alerts = useCollection('alerts').byId;
  const alert = alerts.get(alertId);
  const incident = useCollection('incidents').byId.get(alert?.incidentId ?? '');
  const key = `rearm:${alertId}`;
  const busy = useBusy(key);
  const [reason, setReason] = useState('');
  const had = [...alerts.values()].filter(
    (one) =>
      one.acknowledgement !== null &&
      (one.id === alertId || (incident !== undefined && one.incidentId === incident.id)),
  );
  const by = [...new Set(had.map((one) => one.acknowledgement?.by ?? ''))].join(', ');
  const rearm = async () => {
    const done = await core.requests.say(key, (api) => api.alert.rearm({ alertId, reason: reason.trim() }));
    if (!done.ok) return;
    core.ui.toast('ok', 'Re-armed: it is told again, and escalates until somebody acknowledges.');
    onClose();
  };
  return (
    <FormDialog
      title={`Re-arm ${incident?.name ?? alert?.title ?? 'this alert'}`}
      verb="Re-arm"
      busy={busy}
      ready={had.length > 0 && reason.trim() !== ''}
      onClose={onClose}
      onSubmit={() => void rearm()}
    >
      <p>
        {had.length === 0
          ? 'Nobody has it any more: there is nothing to give back.'
          : `${had.length === 1 ? '1 alert' : `${had.length} alerts`}, acknowledged by ${by}, will be told again at once, with sound, to the receivers of ${had.length === 1 ? 'its route' : 'their routes'}.`}
      </p>
      <ReasonField
        label="Why nobody has it any more, for the timeline"
        value={reason}
        maxLength={500}
        onChange={setReason}
      />
    </FormDialog>
  );
}
