import type { CSSProperties } from 'react';
import { useStore } from 'zustand';
import type { Incident } from '../../../shared/model/incident.ts';
import { formatDuration, SECOND_MS } from '../../../shared/unit/time.ts';
import { type IncidentTime, incidentTimes } from '../../state/incident-times.ts';
import { type Edit, shownText } from '../../state/postmortem-edit.ts';
import { useCore } from '../../state/use-core.tsx';
import { Glyph } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import styles from './incident.module.css';

/** Beside the draft: the times that follow from the timeline, what is still empty, and where it was exported to. */
export function Inspector({ incident, edit }: { incident: Incident; edit: Edit | undefined }) {
  const core = useCore();
  const exported = useStore(core.postmortem.store, (state) => state.exported.get(incident.id));
  const sections = edit?.base.sections ?? [];
  const empty = edit ? sections.filter((one) => shownText(edit, one).trim() === '') : [];
  const times = incidentTimes(incident);
  return (
    <aside className={`pane ${styles.inspector}`} aria-label="Inspector">
      <div className="pane-head">
        <h2>Before it closes</h2>
        <span className="push s12 t3 num">
          {sections.length - empty.length} of {sections.length} sections
        </span>
      </div>
      <div className={styles.side}>
        <div className="stack">
          <h3>Times</h3>
          <ol className={`${styles.times} num`}>
            {times.map((one) => (
              <TimeRow key={one.label} time={one} />
            ))}
          </ol>
          <p className="s12 t3">{targetWords(incident)}</p>
        </div>
        {edit && (
          <div className="stack">
            <h3>Still open</h3>
            {empty.map((one) => (
              <div key={one.id} className="line s12">
                <Glyph name="note" tone="t2" />
                {one.title} is empty
              </div>
            ))}
            {empty.length === 0 && (
              <div className="line s12">
                <Glyph name="ok" tone="ok" />
                Every section says something
              </div>
            )}
            <div className="line s12">
              <Glyph
                name={incident.evidenceCount > 0 ? 'ok' : 'no-data'}
                tone={incident.evidenceCount > 0 ? 'ok' : 't2'}
              />
              {incident.evidenceCount} charts kept with the incident
            </div>
          </div>
        )}
        {exported && (
          <div className="stack">
            <h3>Exported</h3>
            <code className="cmd">{exported.path}</code>
            <p className="s12 t3">{exported.files.length} files</p>
            <div className="line">
              <Button
                onPress={() =>
                  void navigator.clipboard.writeText(exported.markdown).then(
                    () => core.ui.toast('ok', 'Markdown copied.'),
                    () =>
                      core.ui.toast(
                        'problem',
                        'The browser did not allow copying. Open the exported file instead.',
                      ),
                  )
                }
              >
                Copy Markdown
              </Button>
            </div>
          </div>
        )}
      </div>
    </aside>
  );
}

function TimeRow({ time }: { time: IncidentTime }) {
  const style: CSSProperties & { '--a': number; '--w': number } = { '--a': time.from, '--w': time.width };
  return (
    <li>
      <span>{time.label}</span>
      <b>{time.ms === null ? 'not yet' : time.ms < SECOND_MS ? 'under 1 s' : formatDuration(time.ms)}</b>
      <span className={styles.bar} aria-hidden="true">
        {time.ms !== null && <i style={style} />}
      </span>
    </li>
  );
}

function targetWords(incident: Incident): string {
  const respond = formatDuration(incident.respondByAt - incident.openedAt);
  const resolve = formatDuration(incident.resolveByAt - incident.openedAt);
  const met = (at: number | null, by: number) => (at === null ? 'not yet' : at <= by ? 'met' : 'missed');
  return `${incident.severity}: respond within ${respond} (${met(incident.acknowledgedAt, incident.respondByAt)}), resolve within ${resolve} (${met(incident.resolvedAt, incident.resolveByAt)}).`;
}
