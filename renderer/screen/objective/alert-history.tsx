import { useState } from 'react';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { formatPages } from '../../../shared/unit/page-rate.ts';
import { PAST_SPANS } from '../../state/objective-past.ts';
import { hashOf } from '../../state/route.ts';
import { holdingVerdict } from '../../state/triage.ts';
import { useCollection, useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { WHOLE_SPAN, whyRoute } from '../../state/why.ts';
import { AlertLine } from '../../ui/alert-line.tsx';
import { AlertState } from '../../ui/alert-state.tsx';
import { Button } from '../../ui/button.tsx';
import { countText, EpisodeList, EpisodeStrip } from './episodes.tsx';
import styles from './objective.module.css';
import { PastProgress } from './past-progress.tsx';
import { SpanChoice } from './span-choice.tsx';

/** The alerts that the objective as it is would have had, evaluated anew over the samples that are kept. */
export function AlertHistory({ status }: { status: ObjectiveStatus }) {
  const core = useCore();
  const [spanMs, setSpanMs] = useState<number>(PAST_SPANS[1].ms);
  const { id } = status.objective;
  const key = `${id}:${spanMs}`;
  const load = () => void core.past.loadAlerts(key, id, core.clock.getState().nowAt, spanMs);
  useRefresh(`alerts:${key}`, 0, load);
  const { value, loading, failure } = useLoaded(core.past.alerts, key);
  return (
    <div className={styles.panel}>
      <div className="line wrap">
        <SpanChoice spanMs={spanMs} onChange={setSpanMs} />
        {value && (
          <span className="s12 t2 num">
            {countText(value.episodes.length)}, {formatPages(value.pagesPerDay, value.toAt - value.fromAt)}
          </span>
        )}
        <span className="s12 t3">
          Below, what would have fired by what the objective is now: replayed over the samples that are kept,
          without silences and routing.
        </span>
      </div>
      <ReallyFired objectiveId={id} />
      {loading && <PastProgress look={`alerts:${key}`} label="Replaying the past" />}
      {!value && !loading && failure && (
        <div className="line wrap">
          <p className="s12 t2">The past cannot be shown: {failure.text}</p>
          <Button onPress={load}>Replay</Button>
        </div>
      )}
      {value && (
        <>
          <EpisodeStrip label="Alerts" episodes={value.episodes} range={value} />
          <EpisodeList episodes={value.episodes} empty="No alert in this stretch." />
          <Notes notes={value.notes} />
        </>
      )}
    </div>
  );
}

/** The alerts that there are, whose verdicts tell what really fired, who was told, and what held the rest back. */
function ReallyFired({ objectiveId }: { objectiveId: string }) {
  const alerts = useCollection('alerts').byId;
  const mine = [...alerts.values()].filter((one) => one.objectiveId === objectiveId);
  const older = hashOf({ screen: 'why', text: objectiveId, span: WHOLE_SPAN });
  return (
    <section className="stack" aria-label="What really fired">
      <p className="s12 t2">
        {mine.length === 0
          ? 'Nothing of it fires now, and nothing ended lately.'
          : 'What really fires, or ended lately:'}{' '}
        <a className="link" href={older}>
          All that was decided on it
        </a>
      </p>
      {mine.map((one) => (
        <AlertLine key={one.id} alert={one} why={hashOf(whyRoute(one.id))}>
          <AlertState alert={one} verdict={holdingVerdict(one)} />
        </AlertLine>
      ))}
    </section>
  );
}

/** What a reader must know about a look at the past. */
export function Notes({ notes }: { notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className="s12 t2">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
