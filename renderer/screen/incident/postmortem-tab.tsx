import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { Incident } from '../../../shared/model/incident.ts';
import { runCommand } from '../../state/command.ts';
import type { Edit } from '../../state/postmortem-edit.ts';
import { useBusy, useCore, useLive } from '../../state/use-core.tsx';
import { SeverityBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Problem, Skeleton } from '../../ui/state.tsx';
import { ImpactChart } from './impact-chart.tsx';
import styles from './incident.module.css';
import { Inspector } from './inspector.tsx';
import { Section } from './section.tsx';
import { Timeline } from './timeline.tsx';

/** The postmortem beside the timeline: drafted from what is known, written on by a person, saved by itself. */
export function PostmortemTab({ incident }: { incident: Incident }) {
  const core = useCore();
  const live = useLive();
  const edit = useStore(core.postmortem.store, (state) => state.edits.get(incident.id));
  const failure = useStore(core.postmortem.store, (state) => state.failures.get(incident.id));
  useEffect(() => {
    if (live) void core.postmortem.open(incident.id);
  }, [core, live, incident.id]);
  return (
    <>
      <Timeline incident={incident} oldestFirst />
      <section className={`pane ${styles.editor}`} aria-label="Postmortem">
        <EditorHead incident={incident} edit={edit} />
        {!edit && !failure && <Skeleton rows={9} label="Drafting the postmortem" />}
        {!edit && failure && <Problem title="The postmortem could not be opened">{failure.text}</Problem>}
        {edit && <Document incident={incident} edit={edit} />}
      </section>
      <Inspector incident={incident} edit={edit} />
    </>
  );
}

function EditorHead({ incident, edit }: { incident: Incident; edit: Edit | undefined }) {
  const core = useCore();
  const exporting = useBusy(`export:${incident.id}`);
  const closing = useBusy(`phase:${incident.id}`);
  return (
    <div className="pane-head">
      <h2>Postmortem</h2>
      <span className="only-wide">
        <SeverityBadge severity={incident.severity} />
      </span>
      <span className="s12 t3 clip" role="status">
        {edit && saveWords(edit)}
      </span>
      <span className="push line">
        <Button caps={['x']} busy={exporting} onPress={() => runCommand(core, 'export')}>
          Export
        </Button>
        {incident.phase === 'postmortem' && (
          <Button kind="primary" caps={['Ctrl ↵']} busy={closing} onPress={() => runCommand(core, 'finish')}>
            Close incident
          </Button>
        )}
      </span>
    </div>
  );
}

function saveWords(edit: Edit): string {
  if (edit.conflicts.length > 0) return 'Not saved: changed elsewhere too, choose below';
  switch (edit.phase) {
    case 'saved':
      return 'Saved';
    case 'unsaved':
      return 'Not saved yet';
    case 'saving':
      return 'Saving…';
    case 'failed':
      return `Not saved: ${edit.problem ?? 'trying again'}`;
  }
}

function Document({ incident, edit }: { incident: Incident; edit: Edit }) {
  const core = useCore();
  return (
    <article className={styles.doc}>
      {/* As high as its words, so that a long title is read whole; it stays one line of text. */}
      <textarea
        className={styles.title}
        aria-label="Title"
        rows={1}
        value={edit.title ?? edit.base.title}
        maxLength={300}
        onChange={(event) => core.postmortem.title(incident.id, event.target.value.replace(/\s*\n\s*/g, ' '))}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) event.preventDefault();
        }}
      />
      <p className="s12 t3">
        Dotted edge: drafted; solid edge: written by a person. Enter or a click writes on.
      </p>
      {edit.base.sections.map((section) => (
        <Section
          key={section.id}
          incidentId={incident.id}
          section={section}
          edit={edit}
          extra={section.id === 'impact' ? <ImpactChart incident={incident} /> : null}
        />
      ))}
    </article>
  );
}
