import type { Alert } from '../../../shared/model/alert.ts';
import type { Incident } from '../../../shared/model/incident.ts';
import { runCommand } from '../../state/command.ts';
import { sentences } from '../../state/exact-text.ts';
import { usePlaybookView } from '../../state/selection.ts';
import { type PlaybookView, stepConditions, stepNature } from '../../state/step.ts';
import { useBusy, useCore } from '../../state/use-core.tsx';
import { Button, Keys } from '../../ui/button.tsx';
import { Conditions } from '../../ui/conditions.tsx';
import styles from './triage.module.css';

/** What to do now, why the severity is what it is, and which rule paged. */
export function NextStep({ incident, alerts }: { incident: Incident; alerts: readonly Alert[] }) {
  const core = useCore();
  const view = usePlaybookView(incident);
  const paging = alerts.find((one) => one.phase === 'firing') ?? alerts[0];
  const route = paging?.verdicts.find((one) => one.stage === 'route' || one.stage === 'notify');
  return (
    <section className={`box ${styles.next}`} aria-labelledby="next-step">
      <div className="box-head">
        <h2 id="next-step">Next step</h2>
        <span className="t3 s12 push clip">{view ? `playbook: ${view.playbook.id}` : 'no playbook'}</span>
      </div>
      <div className="box-body stack">
        {view ? (
          <Step view={view} />
        ) : (
          <p className="t2 s12">
            No playbook names {incident.service}. Write one in playbooks/, and its first step stands here.
          </p>
        )}
        <div className={`s12 t2 ${styles.why}`}>
          <p>
            <b className="t1">{incident.suggestion.severity} suggested.</b> {incident.suggestion.arithmetic}{' '}
            <button type="button" className="link nowrap" onClick={() => runCommand(core, 'severity')}>
              {incident.severityConfirmedAt === null ? 'Confirm or change' : 'Change'} <Keys caps={['s']} />
            </button>
          </p>
          {paging && (
            <p className="t3">
              Paged by <code>{paging.definedAt}</code>:{' '}
              {sentences([
                paging.reason,
                route?.reason ?? (paging.receivers.length > 0 && `Sent to ${paging.receivers.join(', ')}`),
              ])}
            </p>
          )}
        </div>
      </div>
    </section>
  );
}

function Step({ view }: { view: PlaybookView }) {
  const core = useCore();
  const runBusy = useBusy(`run:${view.run?.id ?? ''}`);
  const active = view.unknown ?? view.running ?? view.next;
  if (!active)
    return (
      <p>
        <b>Every step is done.</b>{' '}
        <span className="t2 s12">{view.run?.rootCause ?? 'The run has ended.'}</span>
      </p>
    );
  const total = view.steps.length;
  return (
    <>
      <div>
        <b>
          {active.number} of {total} · {active.step.title}
        </b>
        <div className="s12 t2 two-lines">{stepNature(active.step)}</div>
      </div>
      {active === view.unknown && (
        <p className="s12 c-burn">Its outcome is unknown. Open the incident and say what is true.</p>
      )}
      {active === view.running && (
        <p className="s12 t2" role="status">
          It runs now.
        </p>
      )}
      {active === view.next && (
        <div className="line wrap">
          <Button caps={['r']} busy={runBusy} onPress={() => runCommand(core, 'run-step')}>
            Run step
          </Button>
          <Button kind="quiet" caps={['Alt ↵']} onPress={() => runCommand(core, 'dry-run')}>
            Dry run
          </Button>
        </div>
      )}
      <Conditions conditions={stepConditions(active.step)} />
    </>
  );
}
