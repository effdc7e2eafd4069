import { useMemo } from 'react';
import type { Incident, IncidentPhase } from '../../../shared/model/incident.ts';
import { phaseTimes } from '../../state/timeline-entry.ts';
import { useCore, useLoaded } from '../../state/use-core.tsx';
import { Glyph } from '../../ui/badge.tsx';
import { absoluteUtc, clockUtc } from '../../ui/format.ts';
import styles from './incident.module.css';

const PHASES: readonly IncidentPhase[] = [
  'detected',
  'responding',
  'mitigating',
  'resolving',
  'recovering',
  'postmortem',
  'closed',
];

/** The phases in their order: past ones ticked, the present one filled, with their times where they are known. */
export function Lifecycle({ incident }: { incident: Incident }) {
  const core = useCore();
  const entries = useLoaded(core.incident.timeline, incident.id).value;
  const told = useMemo(() => phaseTimes(entries ?? [], PHASES), [entries]);
  const known: Partial<Record<IncidentPhase, number | null>> = {
    detected: incident.openedAt,
    responding: incident.acknowledgedAt,
    recovering: incident.recoveredAt,
    postmortem: incident.resolvedAt,
    closed: incident.closedAt,
  };
  const beside = incident.phase === 'merged' || incident.phase === 'cancelled' || incident.phase === 'triage';
  const phases = beside ? [incident.phase, ...PHASES] : PHASES;
  const present = phases.indexOf(incident.phase);
  return (
    <ol className={`${styles.life} num`} aria-label="Lifecycle">
      {phases.map((phase, index) => {
        const at = told.get(phase) ?? known[phase] ?? null;
        const time = at === null || index > present ? '' : ` ${clockUtc(at).slice(0, 5)}`;
        const past = index < present && !beside;
        // A phase that was stepped over never was, and has no tick.
        const ticked = past && (at !== null || entries === null);
        return (
          <li
            key={phase}
            className={ticked ? styles.past : undefined}
            aria-current={index === present ? 'step' : undefined}
            title={at === null ? undefined : absoluteUtc(at)}
          >
            {ticked && <Glyph name="ok" tone="ok" />}
            {index === present ? (
              <span className={styles.now}>
                {phase}
                {time}
              </span>
            ) : (
              <span>
                {phase}
                <span className="only-wide-text">{time}</span>
              </span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
