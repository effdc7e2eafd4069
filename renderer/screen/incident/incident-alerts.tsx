import { useMemo } from 'react';
import { type Alert, isAlertingPhase } from '../../../shared/model/alert.ts';
import type { Incident } from '../../../shared/model/incident.ts';
import { hashOf } from '../../state/route.ts';
import { alertsOf, holdingVerdict } from '../../state/triage.ts';
import { useCollection, useCore } from '../../state/use-core.tsx';
import { whyRoute } from '../../state/why.ts';
import { AlertLine } from '../../ui/alert-line.tsx';
import { AlertState } from '../../ui/alert-state.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/state.tsx';
import styles from './incident.module.css';

/** More in one list cannot be read; a storm has thousands. */
const SHOWN = 100;

/** What a person may do about one of them; the keys do it for the one that was told. */
function AlertActions({ alert: { id, title, phase, acknowledgement } }: { alert: Alert }) {
  const core = useCore();
  if (!isAlertingPhase(phase)) return null;
  return (
    <div className="line">
      <Button
        kind="quiet"
        title={`Escalate ${title}`}
        onPress={() => core.ui.open({ kind: 'escalate', alertId: id })}
      >
        Escalate
      </Button>
      {acknowledgement !== null && (
        <Button
          kind="quiet"
          title={`Re-arm ${title}`}
          onPress={() => core.ui.open({ kind: 'rearm', alertId: id })}
        >
          Re-arm
        </Button>
      )}
    </div>
  );
}

/** The alerts that make up an incident, the most urgent first, each with how it stands and the way to why. */
export function IncidentAlerts({ incident }: { incident: Incident }) {
  const alerts = useCollection('alerts').byId;
  const { known, gone } = useMemo(() => alertsOf(incident, alerts), [incident, alerts]);
  if (incident.alertIds.length === 0)
    return (
      <Empty glyph="no-data" title="No alert belongs to it">
        <p>It was opened by hand.</p>
      </Empty>
    );
  return (
    <ul className={styles.alerts} aria-label="Alerts of the incident">
      {known.slice(0, SHOWN).map((one) => {
        const held = holdingVerdict(one);
        return (
          <li key={one.id}>
            <AlertLine alert={one} why={hashOf(whyRoute(one.id))}>
              <AlertState alert={one} verdict={held} />
            </AlertLine>
            <p className="s12 t2 two-lines">{held?.reason ?? one.reason}</p>
            <AlertActions alert={one} />
          </li>
        );
      })}
      {known.length > SHOWN && (
        <li className="s12 t2">
          The {SHOWN} most urgent of {known.length};{' '}
          <a className="link words-link" href={hashOf({ screen: 'why', text: '' })}>
            Why
          </a>{' '}
          finds the others by their words.
        </li>
      )}
      {gone.slice(0, SHOWN).map((id) => (
        <li key={id} className="line s12 t2">
          <span className="clip">
            <code>{id}</code> is over and no longer kept
          </span>
          <a className="link push" href={hashOf(whyRoute(id))} aria-label={`Why ${id}`}>
            Why
          </a>
        </li>
      ))}
    </ul>
  );
}
