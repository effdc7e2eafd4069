import type { Alert } from '../../../shared/model/alert.ts';
import { hashOf } from '../../state/route.ts';
import { useCollection } from '../../state/use-core.tsx';
import { PriorityBadge } from '../../ui/badge.tsx';
import styles from './why.module.css';

/** The alert that the verdicts are of: what it is, how it stands, and where else it is to be seen. */
export function OneAlert({ alert }: { alert: Alert }) {
  const incident = useCollection('incidents').byId.get(alert.incidentId ?? '');
  return (
    <section className={styles.alert} aria-label="The alert">
      <p className="line wrap">
        <PriorityBadge priority={alert.priority} />
        <b>
          {alert.service}: {alert.title}
        </b>
        <span className="t2">{alert.phase.replace('_', ' ')}</span>
        {incident && (
          <a className="link" href={hashOf({ screen: 'incident', id: incident.id, tab: 'response' })}>
            {incident.name}
          </a>
        )}
      </p>
      <p className="s12 t2">
        {alert.reason} <code>{alert.definedAt}</code>
      </p>
    </section>
  );
}
