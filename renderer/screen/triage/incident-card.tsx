import { useMemo } from 'react';
import type { Alert } from '../../../shared/model/alert.ts';
import type { Incident } from '../../../shared/model/incident.ts';
import { runCommand } from '../../state/command.ts';
import { deadlinesOf } from '../../state/deadline.ts';
import { alertFacts, objectiveFacts, worstObjective } from '../../state/fact.ts';
import { hashOf } from '../../state/route.ts';
import { alertsOf, needsWord } from '../../state/triage.ts';
import { useBusy, useCollection, useCore, useNow } from '../../state/use-core.tsx';
import { whyRoute } from '../../state/why.ts';
import { Due, PriorityBadge, SeverityBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/facts.tsx';
import { absoluteUtc, ago, shortUtc } from '../../ui/format.ts';
import { BurnFigure } from './burn-figure.tsx';
import { NextStep } from './next-step.tsx';
import styles from './triage.module.css';
import { WhatChanged } from './what-changed.tsx';

/** The selected incident at arm's length: what, since when, how bad, what changed, what to do next. */
export function IncidentCard({ incident }: { incident: Incident }) {
  const objectives = useCollection('objectives').byId;
  const alerts = useCollection('alerts').byId;
  const mine = useMemo(() => incident.alertIds.flatMap((id) => alerts.get(id) ?? []), [incident, alerts]);
  const objective = worstObjective(incident, objectives);
  const first = alertsOf(incident, alerts).known[0];
  const facts = objective ? objectiveFacts(objective) : first ? alertFacts(first) : [];
  return (
    <section className={`pane ${styles.card}`} aria-label="Selected incident">
      <Head incident={incident} first={first} />
      {facts.length > 0 && <Facts facts={facts} />}
      <div className={styles.body}>
        {objective && <BurnFigure objective={objective} incident={incident} />}
        <NextStep incident={incident} alerts={mine} />
        <WhatChanged incident={incident} />
      </div>
    </section>
  );
}

function Head({ incident, first }: { incident: Incident; first: Alert | undefined }) {
  const core = useCore();
  const now = useNow();
  const busy = useBusy(`acknowledge:${incident.id}`);
  const alerts = useCollection('alerts').byId;
  const deadlines = deadlinesOf(incident, [...alerts.values()], now);
  const asks = useMemo(() => needsWord(incident, alerts), [incident, alerts]);
  const others = incident.services.filter((one) => one !== incident.service);
  return (
    <header className="stack">
      <div className="line wrap">
        <SeverityBadge severity={incident.severity} />
        {incident.priority && <PriorityBadge priority={incident.priority} />}
        <span className="t3 num">{incident.name}</span>
        <span className="t3 clip">{[incident.service, ...others].join(' → ')}</span>
        <span className="t3 push num" title={absoluteUtc(incident.startedAt)}>
          since {shortUtc(incident.startedAt, now)} UTC, {ago(incident.startedAt, now)}
        </span>
      </div>
      <h2 className={styles.headline}>{incident.title}</h2>
      <div className="line wrap">
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
        <span className={`push line ${styles.act}`}>
          {first && (
            <a className="link s12" href={hashOf(whyRoute(first.id))} aria-label={`Why ${first.title}`}>
              Why
            </a>
          )}
          {asks && (
            <Button kind="primary" caps={['a']} busy={busy} onPress={() => runCommand(core, 'acknowledge')}>
              Acknowledge
            </Button>
          )}
          <Button kind={asks ? 'plain' : 'primary'} caps={['↵']} onPress={() => runCommand(core, 'open')}>
            Open
          </Button>
        </span>
      </div>
    </header>
  );
}

const NAMES = {
  respond: ['Respond in', 'Responded in'],
  acknowledgement: ['Ack ends in', 'Acknowledged'],
  resolve: ['Resolve in', 'Resolved in'],
} as const;
