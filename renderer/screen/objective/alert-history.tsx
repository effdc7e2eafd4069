import { useState } from 'react';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { formatPages } from '../../../shared/unit/page-rate.ts';
import { PAST_SPANS } from '../../state/objective-past.ts';
import { useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { countText, EpisodeList, EpisodeStrip } from './episodes.tsx';
import styles from './objective.module.css';
import { PastProgress } from './past-progress.tsx';
import { ReallyFired } from './really-fired.tsx';
import { SpanChoice } from './span-choice.tsx';

/** What really fired, and beside it what the objective as it is would have fired over the samples that are kept. */
export function AlertHistory({ status }: { status: ObjectiveStatus }) {
  const [spanMs, setSpanMs] = useState<number>(PAST_SPANS[1].ms);
  const { id } = status.objective;
  return (
    <div className={styles.panel}>
      <div className="line wrap">
        <SpanChoice spanMs={spanMs} onChange={setSpanMs} />
      </div>
      <div className={styles.twoLists}>
        <ReallyFired objectiveId={id} spanMs={spanMs} />
        <WouldFire objectiveId={id} spanMs={spanMs} />
      </div>
    </div>
  );
}

/** A replay: by the objective's present target, threshold and policy, which may not be those of then. */
function WouldFire({ objectiveId, spanMs }: { objectiveId: string; spanMs: number }) {
  const core = useCore();
  const key = `${objectiveId}:${spanMs}`;
  const load = () => void core.past.loadAlerts(key, objectiveId, core.clock.getState().nowAt, spanMs);
  useRefresh(`alerts:${key}`, 0, load);
  const { value, loading, failure } = useLoaded(core.past.alerts, key);
  return (
    <section className="stack" aria-labelledby="would-fire">
      <h2 id="would-fire">What would have fired, replayed</h2>
      <p className="s12 t2">
        By what the objective is now, over the samples that are kept; without silences and routing.
      </p>
      {loading && <PastProgress look={`alerts:${key}`} label="Replaying the past" />}
      {!value && !loading && failure && (
        <div className="line wrap">
          <p className="s12 t2">The past cannot be shown: {failure.text}</p>
          <Button onPress={load}>Replay</Button>
        </div>
      )}
      {value && (
        <>
          <p className="s12 num">
            {countText(value.episodes.length)}, {formatPages(value.pagesPerDay, value.toAt - value.fromAt)}
          </p>
          {value.episodes.length > 0 && (
            <EpisodeStrip label="Replayed" episodes={value.episodes} range={value} />
          )}
          <EpisodeList episodes={value.episodes} empty="No alert in this stretch." />
          <Notes notes={value.notes} />
        </>
      )}
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
