import { useCore, useUi } from '../state/use-core.tsx';
import { ConfirmStep } from './dialog/confirm-step.tsx';
import { Escalate } from './dialog/escalate.tsx';
import { KeyHelp } from './dialog/key-help.tsx';
import { NoteDialog } from './dialog/note-dialog.tsx';
import { ObserveStep } from './dialog/observe-step.tsx';
import { OpenIncident } from './dialog/open-incident.tsx';
import { PhaseDialog } from './dialog/phase-dialog.tsx';
import { Rearm } from './dialog/rearm.tsx';
import { SeverityDialog } from './dialog/severity-dialog.tsx';
import { TextDialog } from './dialog/text-dialog.tsx';
import { Palette } from './palette.tsx';
import { type Part, usePart } from './part.tsx';
import { complianceReport, newObjective, newSilence } from './screens.tsx';

/** Whatever is open over the screen. */
export function Overlays() {
  const core = useCore();
  const overlay = useUi((state) => state.overlay);
  if (overlay === null) return null;
  const onClose = core.ui.close;
  switch (overlay.kind) {
    case 'palette':
      return <Palette onClose={onClose} />;
    case 'keys':
      return <KeyHelp onClose={onClose} />;
    case 'note':
      return <NoteDialog incidentId={overlay.incidentId} onClose={onClose} />;
    case 'severity':
      return <SeverityDialog incidentId={overlay.incidentId} onClose={onClose} />;
    case 'phase':
      return <PhaseDialog incidentId={overlay.incidentId} onClose={onClose} />;
    case 'open-incident':
      return <OpenIncident onClose={onClose} />;
    case 'escalate':
      return <Escalate alertId={overlay.alertId} onClose={onClose} />;
    case 'rearm':
      return <Rearm alertId={overlay.alertId} onClose={onClose} />;
    case 'new-silence':
      return <Late part={newSilence} with={{ matchers: overlay.matchers, onClose }} />;
    case 'new-objective':
      return <Late part={newObjective} with={{ onClose }} />;
    case 'report':
      return <Late part={complianceReport} with={{ onClose }} />;
    case 'confirm-step':
      return <ConfirmStep {...overlay} onClose={onClose} />;
    case 'observe-step':
      return <ObserveStep {...overlay} onClose={onClose} />;
    case 'text':
      return <TextDialog title={overlay.title} text={overlay.text} note={overlay.note} onClose={onClose} />;
  }
}

/** A dialog with a file of its own: it opens when that is here. */
function Late<Props extends { onClose: () => void }>({
  part,
  with: props,
}: {
  part: Part<Props>;
  with: Props;
}) {
  const state = usePart(part);
  const View = part.now();
  if (View) return <View {...props} />;
  if (state === 'coming' || state === 'here') return null;
  return (
    <TextDialog
      title="This could not be loaded"
      text={state.problem}
      note="Reload the window once Midwatch runs."
      onClose={props.onClose}
    />
  );
}
