import type { Incident } from '../../../shared/model/incident.ts';
import { usePlaybookView } from '../../state/selection.ts';
import { useCollection } from '../../state/use-core.tsx';
import { Empty } from '../../ui/state.tsx';
import styles from './incident.module.css';
import { StepRow } from './step-row.tsx';

/** The playbook: every step with what it asked, what came back, and which one is next. */
export function Runner({ incident }: { incident: Incident }) {
  const { ready } = useCollection('playbooks');
  const view = usePlaybookView(incident);
  if (!view)
    return (
      <aside className={`pane ${styles.runner}`} aria-label="Playbook">
        <div className="pane-head">
          <h2>Playbook</h2>
        </div>
        {ready && (
          <Empty glyph="wait" title="No playbook fits">
            <p>
              None in playbooks/ names {incident.service} or its objective. Write one; it is taken over
              without a restart.
            </p>
          </Empty>
        )}
      </aside>
    );
  const { playbook, run, steps } = view;
  const current = view.unknown ?? view.running ?? view.next;
  const where = run
    ? current
      ? `step ${current.number} of ${steps.length}`
      : 'done'
    : `proposed, ${steps.length} steps`;
  return (
    <aside className={`pane ${styles.runner}`} aria-label="Playbook">
      <div className="pane-head">
        <h2 className="clip" title={playbook.title}>
          {playbook.title}
        </h2>
        <span className="t3 s12 num">{where}</span>
        <span className="push t3 s12">UTC</span>
      </div>
      {run?.rootCause && (
        <p className={`s12 ${styles.cause}`}>
          <b className="c-change">Root cause indicated.</b> {run.rootCause}
        </p>
      )}
      <ol className="steps">
        {steps.map((step) => (
          <StepRow key={`${step.section}:${step.step.id}`} view={step} playbook={view} incident={incident} />
        ))}
      </ol>
      <p className={`t3 s12 ${styles.source}`}>
        <code>{playbook.definedAt}</code>
        {run && ' as it was when the run began'}
      </p>
    </aside>
  );
}
