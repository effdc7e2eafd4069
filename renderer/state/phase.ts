import type { IncidentPhase } from '../../shared/model/incident.ts';

const FORWARD: readonly IncidentPhase[] = [
  'triage',
  'detected',
  'responding',
  'mitigating',
  'resolving',
  'recovering',
  'postmortem',
  'closed',
];

/** The phase proposed after this one; a closed incident is reopened as *responding*. The core decides what is allowed. */
export function nextPhase(phase: IncidentPhase): IncidentPhase {
  const at = FORWARD.indexOf(phase);
  return at < 0 || phase === 'closed' ? 'responding' : (FORWARD[at + 1] ?? 'closed');
}
