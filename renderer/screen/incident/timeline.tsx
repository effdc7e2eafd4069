import type { Incident, TimelineEntry, TimelineKind } from '../../../shared/model/incident.ts';
import { runCommand } from '../../state/command.ts';
import { useCore, useLoaded, useNow } from '../../state/use-core.tsx';
import { Glyph, type GlyphName, type Tone } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Clock } from '../../ui/moment.tsx';
import { Problem, Skeleton } from '../../ui/state.tsx';
import styles from './incident.module.css';

/** What Midwatch did itself needs no name beside it. */
const OWN_ACTOR = 'Midwatch';

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
      <ol className={`tl ${styles.entries}`}>
        {ordered.map((entry) => (
          <Row key={entry.seq} entry={entry} />
        ))}
      </ol>
    </section>
  );
}

function Row({ entry }: { entry: TimelineEntry }) {
  const now = useNow();
  const [glyph, tone, strong] = LOOK[entry.kind];
  return (
    <li className={entry.kind === 'watch' ? 'gap' : undefined}>
      <Clock at={entry.at} now={now} />
      <Glyph name={glyph} tone={tone} />
      <div className={styles.entry}>
        {strong ? <b>{entry.title}</b> : entry.title}
        <div className="by">
          {[entry.detail, entry.actor === OWN_ACTOR ? '' : entry.actor]
            .filter((one) => one !== '')
            .join('; ')}
        </div>
      </div>
    </li>
  );
}
