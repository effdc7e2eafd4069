import type { CSSProperties } from 'react';
import type { AlertEpisode } from '../../../shared/model/objective-history.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { burnText } from '../../state/fact.ts';
import { placeOf } from '../../state/objective-past.ts';
import { PriorityBadge } from '../../ui/badge.tsx';
import { absoluteUtc, dayUtc } from '../../ui/format.ts';
import styles from './objective.module.css';

const SHOWN = 50;

/** Alerts over a stretch as marks on a line, so that two configurations can be compared at a glance. */
export function EpisodeStrip({
  label,
  episodes,
  range,
}: {
  label: string;
  episodes: readonly AlertEpisode[];
  range: { readonly fromAt: number; readonly toAt: number };
}) {
  return (
    <div className={styles.lane}>
      <span className="s12 t2">{label}</span>
      <div className={styles.strip} role="img" aria-label={`${label}: ${countText(episodes.length)}`}>
        {episodes.map((one) => {
          const { left, width } = placeOf(one, range);
          const style: CSSProperties & Record<'--left' | '--width', string> = {
            '--left': `${left * 100}%`,
            '--width': `${width * 100}%`,
          };
          return (
            <i
              key={`${one.firedAt}:${one.row}`}
              data-p={one.priority.slice(1)}
              style={style}
              title={`${one.priority} ${one.row}, ${absoluteUtc(one.firedAt)}`}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Alerts with when, for how long, how bad, and why. */
export function EpisodeList({ episodes, empty }: { episodes: readonly AlertEpisode[]; empty: string }) {
  if (episodes.length === 0) return <p className="s12 t2">{empty}</p>;
  const newest = [...episodes].sort((a, b) => b.firedAt - a.firedAt);
  return (
    <>
      <ul className={styles.episodes}>
        {newest.slice(0, SHOWN).map((one) => (
          <li key={`${one.firedAt}:${one.row}`}>
            <PriorityBadge priority={one.priority} />
            <span className="num">
              <time dateTime={new Date(one.firedAt).toISOString()} title={absoluteUtc(one.firedAt)}>
                {dayUtc(one.firedAt)} {new Date(one.firedAt).toISOString().slice(11, 16)} UTC
              </time>{' '}
              <span className="t2">
                {one.resolvedAt === null
                  ? 'still firing at the end'
                  : `for ${formatDuration(one.resolvedAt - one.firedAt)}`}
                {one.peakBurnRate !== null && `, up to ${burnText(one.peakBurnRate)}`}
              </span>
            </span>
            <span className="s12 t2">{one.reason}</span>
          </li>
        ))}
      </ul>
      {newest.length > SHOWN && (
        <p className="s12 t3">
          The newest {SHOWN} of {newest.length}; <code>midwatch replay</code> lists them all.
        </p>
      )}
    </>
  );
}

export function countText(count: number): string {
  return count === 1 ? '1 alert' : `${count} alerts`;
}
