import type { FiredEpisode } from '../../../shared/model/fired.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { hashOf } from '../../state/route.ts';
import { useCollection, useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { WHOLE_SPAN, whyRoute } from '../../state/why.ts';
import { StateBadge } from '../../ui/badge.tsx';
import { absoluteUtc, dayUtc } from '../../ui/format.ts';
import { Skeleton } from '../../ui/state.tsx';
import styles from './objective.module.css';

const TOLD = {
  sent: ['ok', 'told'],
  held: ['suppressed', 'held back'],
  failed: ['firing', 'not sent'],
  unknown: ['no-data', 'nobody told'],
} as const;

/** The alerts that really fired, from the verdicts that are kept: when, why, and whether somebody was told. */
export function ReallyFired({ objectiveId, spanMs }: { objectiveId: string; spanMs: number }) {
  const core = useCore();
  const key = `${objectiveId}:${spanMs}`;
  // One that fires, ends or is told now belongs to it.
  const alerts = useCollection('alerts').byId;
  const state = [...alerts.values()]
    .filter((one) => one.objectiveId === objectiveId)
    .map((one) => `${one.id}:${one.firedAt}:${one.phase}`)
    .join();
  useRefresh(`fired:${key}:${state}`, 0, () => {
    void core.past.loadFired(key, objectiveId, core.clock.getState().nowAt, spanMs);
  });
  const { value, failure } = useLoaded(core.past.fired, key);
  const older = hashOf({ screen: 'why', text: objectiveId, span: WHOLE_SPAN });
  return (
    <section className="stack" aria-labelledby="really-fired">
      <h2 id="really-fired">What really fired</h2>
      <p className="s12 t2">
        From the verdicts that were kept as it happened.{' '}
        <a className="link" href={older}>
          All that was decided on it
        </a>
      </p>
      {!value && !failure && <Skeleton rows={3} label="Looking into the verdicts" />}
      {!value && failure && <p className="s12 t2">{failure.text}</p>}
      {value?.length === 0 && <p className="s12 t2">Nothing fired in this stretch.</p>}
      {value && value.length > 0 && (
        <ul className={styles.firedList}>
          {value.map((one) => (
            <Fired key={`${one.alertId}:${one.firedAt}`} episode={one} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Fired({ episode }: { episode: FiredEpisode }) {
  const { alertId, title, firedAt, resolvedAt, reason, told, toldReason } = episode;
  const [state, words] = TOLD[told];
  return (
    <li className={styles.fired}>
      <span className="line wrap num">
        <time dateTime={new Date(firedAt).toISOString()} title={absoluteUtc(firedAt)}>
          {dayUtc(firedAt)} {new Date(firedAt).toISOString().slice(11, 16)} UTC
        </time>
        <span className="t2">
          {resolvedAt === null ? 'fires now' : `for ${formatDuration(resolvedAt - firedAt)}`}
        </span>
        <StateBadge state={state} title={toldReason}>
          {words}
        </StateBadge>
        <a className="link s12 push" href={hashOf(whyRoute(alertId))} aria-label={`Why ${title}`}>
          Why
        </a>
      </span>
      <span className="s12 t2">{reason}</span>
      {told !== 'sent' && toldReason !== '' && <span className="s12 t3">{toldReason}</span>}
    </li>
  );
}
