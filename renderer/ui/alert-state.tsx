import type { Alert, StageVerdict } from '../../shared/model/alert.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import { StateBadge } from './badge.tsx';

const HELD_BY: Readonly<Record<StageVerdict['stage'], string>> = {
  validate: 'Not valid',
  deduplicate: 'Duplicate',
  enrich: 'Suppressed',
  maintenance: 'In maintenance',
  silence: 'Silenced',
  suppress: 'Follows from another',
  wake: 'Waits for the morning',
  flapping: 'Flapping',
  storm: 'Storm',
  group: 'Grouped',
  'rate-limit': 'Rate limit',
  route: 'Not routed',
  notify: 'Not sent',
  state: 'Suppressed',
};

/** How an alert stands, in one badge: what holds it back speaks before what it is. */
export function AlertState({ alert, verdict }: { alert: Alert; verdict: StageVerdict | null }) {
  if (verdict)
    return (
      <StateBadge state="suppressed">
        {verdict.outcome === 'held' ? 'Held back' : HELD_BY[verdict.stage]}
      </StateBadge>
    );
  if (alert.phase === 'resolved')
    return (
      <StateBadge state="ok">
        Resolved
        {alert.firedAt && alert.resolvedAt
          ? ` after ${formatDuration(alert.resolvedAt - alert.firedAt)}`
          : ''}
      </StateBadge>
    );
  if (alert.phase === 'no_data') return <StateBadge state="no-data">No data</StateBadge>;
  if (alert.phase === 'error') return <StateBadge state="unwatched">Cannot be evaluated</StateBadge>;
  if (alert.acknowledgement) return <StateBadge state="acknowledged">{alert.acknowledgement.by}</StateBadge>;
  return <StateBadge state="firing">Firing</StateBadge>;
}
