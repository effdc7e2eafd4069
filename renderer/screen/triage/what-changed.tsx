import { useMemo } from 'react';
import type { Incident } from '../../../shared/model/incident.ts';
import { type Clue, cluesOf } from '../../state/cause.ts';
import { sentences } from '../../state/exact-text.ts';
import { useCollection, useNow } from '../../state/use-core.tsx';
import { Glyph } from '../../ui/badge.tsx';
import { Clock } from '../../ui/moment.tsx';
import styles from './triage.module.css';

/** What changed around the start, the suspected cause first. */
export function WhatChanged({ incident }: { incident: Incident }) {
  const changes = useCollection('changes').byId;
  const detectors = useCollection('detectors').byId;
  const services = useCollection('services').byId;
  const clues = useMemo(
    () => cluesOf(incident, changes.values(), detectors.values(), services),
    [incident, changes, detectors, services],
  );
  return (
    <section className={`box ${styles.changed}`} aria-labelledby="what-changed">
      <div className="box-head">
        <h2 id="what-changed">What changed</h2>
        <span className="t3 s12 push">UTC, the suspected cause first</span>
      </div>
      {clues.length === 0 ? (
        <div className="box-body t2 s12">
          Nothing was seen to change on {incident.service} or what it depends on in the two hours before.
          Changes are read from labels that look like versions.
        </div>
      ) : (
        <ol className={`box-body num ${styles.changes}`}>
          {clues.map((clue) => (
            <ClueRow
              startedAt={incident.startedAt}
              key={`${clue.kind}:${clue.at}:${clue.kind === 'change' ? clue.change.id : clue.title}`}
              clue={clue}
            />
          ))}
        </ol>
      )}
    </section>
  );
}

function ClueRow({ clue, startedAt }: { clue: Clue; startedAt: number }) {
  const now = useNow();
  if (clue.kind === 'pattern')
    return (
      <li>
        <Clock at={clue.at} now={now} />
        <Glyph name="change" tone="change" />
        <div>
          {clue.title}
          <div className="s12 t2">
            {clue.reason}
            {clue.first && '; first metric to move'}
          </div>
        </div>
      </li>
    );
  const { change, suspected } = clue;
  const title =
    change.from && change.to
      ? `${change.service} ${change.from} → ${change.to}`
      : `${change.service}: ${change.to ?? change.what}`;
  return (
    <li>
      <Clock at={clue.at} now={now} />
      <Glyph name="deploy" tone="deploy" />
      <div>
        <b>{title}</b>
        <div className="s12 t2">
          {sentences([
            !title.includes(change.what) && change.what,
            suspected &&
              `Suspected cause: ${change.at > startedAt ? 'a change seen just as it began' : 'the last change before it began'}; proposed, not tested.`,
          ])}
        </div>
      </div>
    </li>
  );
}
