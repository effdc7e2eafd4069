import { useState } from 'react';
import { IncidentPhase } from '../../../shared/model/incident.ts';
import { nextPhase } from '../../state/phase.ts';
import { useBusy, useCollection, useCore } from '../../state/use-core.tsx';
import { FormDialog } from './form.tsx';
import { ReasonField } from './reason-field.tsx';

/** Moves an incident to another phase, also back: a mitigation that failed is recorded, not hidden. */
export function PhaseDialog({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const core = useCore();
  const incident = useCollection('incidents').byId.get(incidentId);
  const busy = useBusy(`phase:${incidentId}`);
  const [to, setTo] = useState<IncidentPhase>(incident ? nextPhase(incident.phase) : 'closed');
  const [reason, setReason] = useState('');
  if (!incident) return null;
  const save = async () => {
    if (await core.incident.changePhase(incident, to, reason.trim())) onClose();
  };
  return (
    <FormDialog
      title={`Move ${incident.name} on from ${incident.phase}`}
      verb={`Move to ${to}`}
      busy={busy}
      ready={reason.trim() !== ''}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <label>
        Phase
        <select value={to} onChange={(event) => setTo(IncidentPhase.parse(event.target.value))}>
          {IncidentPhase.options
            .filter((one) => one !== incident.phase && one !== 'triage')
            .map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
        </select>
      </label>
      <ReasonField label="Reason, for the timeline" value={reason} maxLength={2_000} onChange={setReason} />
    </FormDialog>
  );
}
