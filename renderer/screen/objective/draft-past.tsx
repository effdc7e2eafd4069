import { useEffect, useState } from 'react';
import type { ObjectiveHistory } from '../../../shared/model/objective-history.ts';
import { formatPercent, formatSignificant } from '../../../shared/unit/number.ts';
import { formatPages } from '../../../shared/unit/page-rate.ts';
import { DAY_MS } from '../../../shared/unit/time.ts';
import { draftDocument, type ObjectiveDraft } from '../../state/objective-draft.ts';
import { useCore, useLoaded } from '../../state/use-core.tsx';
import { Skeleton } from '../../ui/state.tsx';
import { Notes } from './alert-history.tsx';
import { countText, EpisodeStrip } from './episodes.tsx';
import { PastProgress } from './past-progress.tsx';

const SPAN_MS = 28 * DAY_MS;
/** What is typed is tried when the hand rests: a month of samples is no small question. */
const REST_MS = 600;

/** What the objective would have been over the last 28 days, had it been there. */
export function DraftPast({ draft, problem }: { draft: ObjectiveDraft | null; problem: string | null }) {
  const core = useCore();
  const asked = draft === null ? '' : JSON.stringify([draft.source, draftDocument(draft)]);
  const [shown, setShown] = useState('');
  useEffect(() => {
    if (draft === null) return;
    const timer = setTimeout(() => {
      setShown(asked);
      void core.past.loadTried(
        asked,
        draft.source,
        draftDocument(draft),
        core.clock.getState().nowAt,
        SPAN_MS,
      );
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [core, asked, draft]);
  const { value, failure } = useLoaded(core.past.tried, asked);
  return (
    <section className="stack" aria-label="The last 28 days">
      <h2>The last 28 days</h2>
      {problem !== null && <p className="s12 t2">{problem}</p>}
      {draft !== null && !value && !failure && shown === asked && (
        <PastProgress look={`tried:${asked}`} label="Trying it over the past" />
      )}
      {draft !== null && !value && !failure && shown !== asked && (
        <Skeleton rows={3} label="Waiting for the last key" />
      )}
      {draft !== null && failure && <p className="s12 t2">It cannot be tried: {failure.text}</p>}
      {draft !== null &&
        value?.map((one) => (
          <TriedOne key={one.title} title={one.title} target={one.target} history={one.history} />
        ))}
    </section>
  );
}

function TriedOne({ title, target, history }: { title: string; target: number; history: ObjectiveHistory }) {
  const { bad, total, budgetRemaining, episodes, pagesPerDay, notes } = history;
  const achieved = bad === null || !total ? null : 1 - bad / total;
  return (
    <div className="stack" data-tried={title}>
      <p className="num">
        {achieved === null ? (
          <b>No data: nothing can be said about its past.</b>
        ) : (
          <>
            <b className={achieved >= target ? 'c-ok' : 'c-burn'}>
              {formatPercent(achieved, 6)}, {achieved >= target ? 'kept' : 'missed'}
            </b>{' '}
            <span className="t2">
              at a target of {formatPercent(target, 6)}; {formatSignificant(Math.round(bad ?? 0), 4)} of{' '}
              {formatSignificant(Math.round(total ?? 0), 4)} bad,{' '}
              {budgetRemaining === null
                ? 'no budget known'
                : `${formatPercent(budgetRemaining)} of the budget left`}
            </span>
          </>
        )}
      </p>
      <EpisodeStrip label={countText(episodes.length)} episodes={episodes} range={history} />
      <p className="s12 t2 num">
        It would have sent {formatPages(pagesPerDay, history.toAt - history.fromAt)}.
      </p>
      <Notes notes={notes} />
    </div>
  );
}
