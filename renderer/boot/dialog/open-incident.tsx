import { useMemo, useState } from 'react';
import { Severity } from '../../../shared/model/priority.ts';
import { useBusy, useCollection, useCore } from '../../state/use-core.tsx';
import { FormDialog } from './form.tsx';

/** For what no rule saw. */
export function OpenIncident({ onClose }: { onClose: () => void }) {
  const core = useCore();
  const services = useCollection('services').byId;
  const names = useMemo(
    () => [...services.values()].sort((a, b) => a.tier - b.tier || a.id.localeCompare(b.id)),
    [services],
  );
  const busy = useBusy('open-incident');
  const [title, setTitle] = useState('');
  const [service, setService] = useState(names[0]?.id ?? '');
  const [severity, setSeverity] = useState<Severity>('SEV-2');
  const save = async () => {
    const opened = await core.incident.openByHand(title.trim(), service, severity);
    if (opened) core.ui.go({ screen: 'incident', id: opened.id, tab: 'response' });
  };
  return (
    <FormDialog
      title="Open an incident"
      verb="Open incident"
      busy={busy}
      ready={title.trim() !== '' && service !== ''}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <label>
        What is wrong?
        <input
          type="text"
          data-focus
          maxLength={300}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
        />
      </label>
      <label htmlFor="incident-service">Service</label>
      {names.length > 0 ? (
        <select id="incident-service" value={service} onChange={(event) => setService(event.target.value)}>
          {names.map((one) => (
            <option key={one.id} value={one.id}>
              {one.title}
            </option>
          ))}
        </select>
      ) : (
        <input
          id="incident-service"
          type="text"
          maxLength={200}
          value={service}
          onChange={(event) => setService(event.target.value)}
        />
      )}
      <label>
        Severity; if unsure, higher
        <select value={severity} onChange={(event) => setSeverity(Severity.parse(event.target.value))}>
          {Severity.options.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
    </FormDialog>
  );
}
