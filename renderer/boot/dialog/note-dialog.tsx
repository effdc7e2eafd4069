import { useState } from 'react';
import { useBusy, useCollection, useCore } from '../../state/use-core.tsx';
import { FormDialog } from './form.tsx';

export function NoteDialog({ incidentId, onClose }: { incidentId: string; onClose: () => void }) {
  const core = useCore();
  const incident = useCollection('incidents').byId.get(incidentId);
  const busy = useBusy(`note:${incidentId}`);
  const [text, setText] = useState('');
  const save = async () => {
    if (await core.incident.addNote(incidentId, text.trim())) onClose();
  };
  return (
    <FormDialog
      title={`Note on ${incident?.name ?? 'the incident'}`}
      verb="Add note"
      busy={busy}
      ready={text.trim() !== ''}
      onClose={onClose}
      onSubmit={() => void save()}
    >
      <label>
        What is worth remembering? It cannot be changed later.
        <textarea
          data-focus
          rows={5}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
    </FormDialog>
  );
}
