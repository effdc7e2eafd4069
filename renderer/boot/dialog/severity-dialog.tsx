import { useState } from 'react';
import type { Severity } from '../../../shared/model/priority.ts';
import { useBusy, useCollection, useCore } from '../../state/use-core.tsx';
import { SeverityBadge } from '../../ui/badge.tsx';
import { FormDialog } from './form.tsx';

const MEANING: readonly { readonly severity: Severity; readonly meaning: string }[] = [
  { severity: 'SEV-1', meaning: 'Complete outage, all users. Respond within 15 min, resolve within 1 h.' },
  {
    severity: 'SEV-2',
    meaning: 'Partial degradation, some users. Respond within 30 min, resolve within 4 h.',
  },
  { severity: 'SEV-3', meaning: 'Degraded experience. Respond within 2 h, resolve within 24 h.' },
];

/** Confirms or changes the severity. If unsure, higher. */
export function SeverityDialog({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const core = useCore();
  const incident = useCollection('incidents').byId.get(incidentId);
  const busy = useBusy(`severity:${incidentId}`);
  const [severity, setSeverity] = useState<Severity>(incident?.severity ?? 'SEV-2');
  const [reason, setReason] = useState('');
  if (!incident) return null;
  const same = severity === incident.suggestion.severity;
  const save = async () => {
    const why = reason.trim() || `Confirmed as suggested: ${incident.suggestion.arithmetic}`;
    if (await core.incident.changeSeverity(incident, severity, why)) onClose();
  };
  return (
    <FormDialog
      title={`Severity of ${incident.name}`}
      verb={severity === incident.severity ? `Confirm ${severity}` : `Change to ${severity}`}
      busy={busy}
      ready={same || reason.trim() !== ''}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <p className="t2 s12">
        <b className="t1">{incident.suggestion.severity} suggested.</b> {incident.suggestion.arithmetic}
      </p>
      <fieldset className="choices">
        <legend className="vh">Severity</legend>
        {MEANING.map((one) => (
          <label key={one.severity}>
            <input
              type="radio"
              name="severity"
              checked={severity === one.severity}
              onChange={() => setSeverity(one.severity)}
            />
            <SeverityBadge severity={one.severity} />
            <span className="t2 s12">{one.meaning}</span>
          </label>
        ))}
      </fieldset>
      <label>
        {same ? 'Reason (optional)' : 'Why not as suggested?'}
        <input
          type="text"
          maxLength={2_000}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
    </FormDialog>
  );
}
