import { useEffect, useState } from 'react';
import { type Alert, isAlertingPhase, type StageVerdict } from '../../../shared/model/alert.ts';
import { runCommand } from '../../state/command.ts';
import { alertFacts } from '../../state/fact.ts';
import { hashOf } from '../../state/route.ts';
import { useBusy, useCollection, useCore, useLive, useNow } from '../../state/use-core.tsx';
import { whyRoute } from '../../state/why.ts';
import { PriorityBadge, StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/facts.tsx';
import { shortUtc } from '../../ui/format.ts';
import { Clock } from '../../ui/moment.tsx';
import styles from './triage.module.css';

type Verdict = Pick<StageVerdict, 'reason' | 'at' | 'definedAt'> & { stage: string; outcome: string };

/** One alert, and what each stage said of it: why a person was paged, or was not. */
export function AlertCard({ alert, verdict }: { alert: Alert; verdict: StageVerdict | null }) {
  const core = useCore();
  const now = useNow();
  const busy = useBusy(`acknowledge:${alert.id}`);
  const incident = useCollection('incidents').byId.get(alert.incidentId ?? '');
  const verdicts = useVerdicts(alert);
  return (
    <section className={`pane ${styles.card}`} aria-label="Selected alert">
      <header className="stack">
        <div className="line wrap">
          <PriorityBadge priority={alert.priority} />
          <span className="t3">{alert.service}</span>
          {verdict && <StateBadge state="suppressed">{verdict.stage}</StateBadge>}
          {alert.firedAt !== null && (
            <span className="t3 push num">fired {shortUtc(alert.firedAt, now)} UTC</span>
          )}
        </div>
        <h2 className={styles.headline}>{alert.title}</h2>
        <p className="t2">{verdict?.reason ?? alert.reason}</p>
        <div className="line wrap">
          {alert.phase === 'firing' && !alert.acknowledgement && alert.incidentId === null && (
            <Button kind="primary" caps={['a']} busy={busy} onPress={() => runCommand(core, 'acknowledge')}>
              Acknowledge
            </Button>
          )}
          {alert.acknowledgement !== null && (
            <Button caps={['Shift A']} onPress={() => runCommand(core, 'rearm')}>
              Re-arm
            </Button>
          )}
          {isAlertingPhase(alert.phase) && (
            <>
              <Button caps={['Shift E']} onPress={() => runCommand(core, 'escalate')}>
                Escalate
              </Button>
              <Button caps={['z']} onPress={() => runCommand(core, 'new-silence')}>
                Silence
              </Button>
            </>
          )}
          {incident && (
            <Button onPress={() => core.ui.go({ screen: 'incident', id: incident.id, tab: 'response' })}>
              Open {incident.name}
            </Button>
          )}
        </div>
      </header>
      <Facts facts={alertFacts(alert)} />
      <section className="box" aria-labelledby="why-alert">
        <div className="box-head">
          <h2 id="why-alert">Why, stage by stage</h2>
          <span className="t3 s12 push">
            <code>{alert.definedAt}</code>
          </span>
          <a className="s12" href={hashOf(whyRoute(alert.id))}>
            All of 13 months
          </a>
        </div>
        <ol className={`box-body num ${styles.verdicts}`}>
          {verdicts.map((one) => (
            <li key={`${one.stage}:${one.at}:${one.outcome}:${one.reason}`}>
              <Clock at={one.at} now={now} />
              <b>{one.stage}</b>
              <span className="t2">
                {one.outcome}: {one.reason} {one.definedAt && <code>{one.definedAt}</code>}
              </span>
            </li>
          ))}
        </ol>
      </section>
    </section>
  );
}

// The mirrored alert carries the latest verdict of each stage; the core keeps them all.
function useVerdicts(alert: Alert): readonly Verdict[] {
  const core = useCore();
  const live = useLive();
  const [kept, setKept] = useState<readonly Verdict[] | null>(null);
  useEffect(() => {
    if (!live) return;
    let current = true;
    void core.requests
      .quiet((api) => api.alert.why({ alertId: alert.id, limit: 50 }))
      .then((read) => {
        if (current && read.ok && read.value.length > 0) setKept(read.value);
      });
    return () => {
      current = false;
    };
  }, [core, live, alert.id]);
  return kept ?? alert.verdicts;
}
