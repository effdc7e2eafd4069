import { useId, useRef, useState } from 'react';
import type { Incident, TimelineEntry, TimelineKind } from '../../../shared/model/incident.ts';
import { runCommand } from '../../state/command.ts';
import { type EntryView, entryView } from '../../state/timeline-entry.ts';
import { useCore, useLoaded, useNow } from '../../state/use-core.tsx';
import { Glyph, type GlyphName, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { useOverflow } from '../../ui/clamped.tsx';
import { Clock } from '../../ui/moment.tsx';
import { Problem, Skeleton } from '../../ui/state.tsx';
import styles from './incident.module.css';

const LOOK: Readonly<Record<TimelineKind, readonly [GlyphName, Tone, boolean]>> = {
  opened: ['firing', 'sev1', true],
  phase: ['change', 't2', false],
  severity: ['note', 't2', false],
  acknowledged: ['acknowledged', 'ack', true],
  alert: ['firing', 'burn', false],
  notification: ['firing', 't2', false],
  note: ['note', 't2', false],
  step: ['run', 'accent', true],
  change: ['deploy', 'deploy', true],
  recovered: ['ok', 'ok', true],
  evidence: ['found', 't2', false],
  postmortem: ['note', 't2', false],
  watch: ['unwatched', 't2', false],
};

/** All that happened, append-only. Newest first while it goes on; oldest first beside a postmortem. */
export function Timeline({ incident, oldestFirst = false }: { incident: Incident; oldestFirst?: boolean }) {
  const core = useCore();
  const loaded = useLoaded(core.incident.timeline, incident.id);
  const entries = loaded.value ?? [];
  const ordered = oldestFirst ? entries : [...entries].reverse();
  return (
    <section className={`pane ${styles.timeline}`} aria-label="Timeline">
      <div className="pane-head">
        <h2>Timeline</h2>
        <span className="t3 s12 clip">UTC, {oldestFirst ? 'oldest' : 'newest'} first</span>
        <span className="push">
          <Button caps={['n']} onPress={() => runCommand(core, 'note')}>
            Note
          </Button>
        </span>
      </div>
      {loaded.failure && <Problem title="The timeline is not all here">{loaded.failure.text}</Problem>}
      {!loaded.value && loaded.loading && <Skeleton rows={7} label="Loading the timeline" />}
      <ol className={`tl ${styles.entries}`} data-compact={oldestFirst || undefined}>
        {ordered.map((entry) => (
          <Row key={entry.seq} entry={entry} />
        ))}
      </ol>
    </section>
  );
}

function Row({ entry }: { entry: TimelineEntry }) {
  const now = useNow();
  const [open, setOpen] = useState(false);
  const title = useRef<HTMLDivElement>(null);
  const text = useRef<HTMLDivElement>(null);
  const titleId = useId();
  const [titleClipped, textClipped] = [useOverflow(title), useOverflow(text)];
  const clipped = titleClipped || textClipped;
  const view = entryView(entry);
  const [glyph, tone, strong] = LOOK[entry.kind];
  const more = clipped || view.names.length > 0 || (view.exact !== '' && view.text !== '');
  return (
    <li className={entry.kind === 'watch' ? 'gap' : undefined}>
      <div className={styles.when}>
        <Clock at={entry.at} now={now} />
        {view.actor && (
          <span className="clip" title={view.actor}>
            {view.actor}
          </span>
        )}
      </div>
      <Glyph name={glyph} tone={tone} />
      <div className={styles.entry}>
        <div
          ref={title}
          id={titleId}
          className={open ? undefined : 'two-lines'}
          data-open={open || undefined}
        >
          {strong ? <b>{view.title}</b> : view.title}
        </div>
        <div ref={text} className={open ? 'by' : 'by two-lines'} data-open={open || undefined}>
          {view.text || (view.exact !== '' && !open && <code>{view.exact}</code>)}
        </div>
        {open && <Rest view={view} />}
      </div>
      {more && (
        <button
          type="button"
          className={styles.more}
          aria-expanded={open}
          aria-label={open ? 'Less' : 'More'}
          aria-describedby={titleId}
          onClick={() => setOpen(!open)}
        />
      )}
    </li>
  );
}

function Rest({ view }: { view: EntryView }) {
  return (
    <>
      {view.names.length > 0 && (
        <ul className={`by ${styles.names}`}>
          {view.names.map((name) => (
            <li key={name}>{name}</li>
          ))}
        </ul>
      )}
      {view.exact !== '' && <code className="cmd">{view.exact}</code>}
    </>
  );
}
