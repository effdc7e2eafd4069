import { useEffect, useMemo, useRef } from 'react';
import { isAlertingPhase } from '../../../shared/model/alert.ts';
import type { Incident } from '../../../shared/model/incident.ts';
import { runCommand } from '../../state/command.ts';
import { deadlinesOf } from '../../state/deadline.ts';
import { alertFacts, objectiveFacts, worstObjective } from '../../state/fact.ts';
import { hashOf, type IncidentTab } from '../../state/route.ts';
import { isOpen, needsWord } from '../../state/triage.ts';
import { useBusy, useCollection, useCore, useNow, useUi } from '../../state/use-core.tsx';
import { Due, PriorityBadge, SeverityBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { absoluteUtc, coarse } from '../../ui/format.ts';
import styles from './incident.module.css';
import { Lifecycle } from './lifecycle.tsx';

/** What it is, where it stands, what counts down, and the numbers now. */
export function IncidentHeader({ incident, tab }: { incident: Incident; tab: IncidentTab }) {
  const core = useCore();
  const now = useNow();
  const busy = useBusy(`acknowledge:${incident.id}`);
  const alerts = useCollection('alerts').byId;
  const asks = useMemo(() => needsWord(incident, alerts), [incident, alerts]);
  const actions = useArrivalFocus(asks);
  const fires = useMemo(
    () => incident.alertIds.some((id) => isAlertingPhase(alerts.get(id)?.phase ?? 'resolved')),
    [incident, alerts],
  );
  const deadlines = deadlinesOf(incident, [...alerts.values()], now);
  const age = isOpen(incident) ? `open for ${coarse(Math.max(0, now - incident.openedAt))}` : incident.phase;
  return (
    <header className={styles.head}>
      <div className={styles.headline}>
        <SeverityBadge severity={incident.severity} />
        {incident.priority && <PriorityBadge priority={incident.priority} />}
        <h1 className="clip" title={incident.title}>
          {incident.title}
        </h1>
        <span className="t3 num nowrap">
          {incident.name}
          <span className="only-wide">, {age}</span>
        </span>
        <span className={styles.dues}>
          {deadlines.map((one) => (
            <Due
              key={one.key}
              label={NAMES[one.key][one.state.startsWith('met') ? 1 : 0]}
              state={one.state}
              ms={one.ms}
              left={one.left}
              title={absoluteUtc(one.at)}
            />
          ))}
        </span>
      </div>
      <div className="line wrap">
        <Lifecycle incident={incident} />
        <span className="push line" ref={actions}>
          {asks ? (
            <Button kind="primary" caps={['a']} busy={busy} onPress={() => runCommand(core, 'acknowledge')}>
              Acknowledge
            </Button>
          ) : (
            fires && (
              <span className="only-wide">
                <Button caps={['Shift A']} onPress={() => runCommand(core, 'rearm')}>
                  Re-arm
                </Button>
              </span>
            )
          )}
          {/* A small window has them beside each alert; the keys are the same. */}
          {fires && (
            <span className="only-wide">
              <Button caps={['Shift E']} onPress={() => runCommand(core, 'escalate')}>
                Escalate
              </Button>
            </span>
          )}
          <Button caps={['s']} onPress={() => runCommand(core, 'severity')}>
            Severity
          </Button>
          <Button caps={['p']} onPress={() => runCommand(core, 'phase')}>
            Phase
          </Button>
        </span>
      </div>
      <div className="line wrap">
        <Numbers incident={incident} />
        <nav className="tabs push" aria-label="Parts of the incident">
          {TABS.map(({ name, label }) => (
            <a
              key={name}
              href={hashOf({ screen: 'incident', id: incident.id, tab: name })}
              aria-current={tab === name ? 'page' : undefined}
              data-on={tab === name || undefined}
            >
              {label}
            </a>
          ))}
        </nav>
      </div>
    </header>
  );
}

/** Who pressed a notification came to acknowledge: then Enter does it. */
function useArrivalFocus(isNew: boolean) {
  const actions = useRef<HTMLSpanElement>(null);
  const route = useUi((state) => state.route);
  useEffect(() => {
    const wanted = route.screen === 'incident' && route.intent === 'acknowledge';
    if (wanted && isNew) actions.current?.querySelector('button')?.focus();
  }, [route, isNew]);
  return actions;
}

const TABS = [
  { name: 'response', label: 'Response' },
  { name: 'postmortem', label: 'Postmortem' },
] as const;

const NAMES = {
  respond: ['Respond in', 'Responded in'],
  acknowledgement: ['Ack ends in', 'Acknowledged'],
  resolve: ['Resolve in', 'Resolved in'],
} as const;

function Numbers({ incident }: { incident: Incident }) {
  const objectives = useCollection('objectives').byId;
  const alerts = useCollection('alerts').byId;
  const facts = useMemo(() => {
    const objective = worstObjective(incident, objectives);
    const alert = incident.alertIds.flatMap((id) => alerts.get(id) ?? [])[0];
    return objective ? objectiveFacts(objective) : alert ? alertFacts(alert) : [];
  }, [incident, objectives, alerts]);
  const detectMs = incident.openedAt - incident.startedAt;
  return (
    <dl className={styles.read}>
      {facts.map((fact) => (
        <div key={fact.label} title={fact.note}>
          <dt>{fact.label}</dt>
          <dd className={fact.hot ? 'c-burn' : undefined}>
            {fact.value === null
              ? 'no data'
              : `${fact.value}${fact.unit === '' ? '' : fact.unit === '×' ? '×' : ` ${fact.unit}`}`}
          </dd>
        </div>
      ))}
      {incident.acknowledgedBy !== null && (
        <div className="only-wide">
          <dt>Acknowledged by</dt>
          <dd>{incident.acknowledgedBy}</dd>
        </div>
      )}
      {detectMs > 0 && (
        <div className="only-wide">
          <dt>Detected after</dt>
          <dd>{coarse(detectMs)}</dd>
        </div>
      )}
    </dl>
  );
}
