import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { Incident } from '../../../shared/model/incident.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { hashOf } from '../../state/route.ts';
import { useIncidents } from '../../state/selection.ts';
import { isOpen } from '../../state/triage.ts';
import { useCollection, useNow } from '../../state/use-core.tsx';
import { SeverityBadge, StateBadge } from '../../ui/badge.tsx';
import { absoluteUtc, shortUtc } from '../../ui/format.ts';
import { Empty, Skeleton } from '../../ui/state.tsx';
import styles from './incident.module.css';

const ROW_PX = 44;

/** All incidents, newest first; as *Postmortems* each leads to what was written of it. */
export function IncidentList({ purpose }: { purpose: 'incidents' | 'postmortems' }) {
  const incidents = useIncidents();
  const { ready } = useCollection('incidents');
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: incidents.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  const title = purpose === 'incidents' ? 'Incidents' : 'Postmortems';
  return (
    <main className={styles.single} tabIndex={-1}>
      <section ref={scroller} className="pane" aria-label={title}>
        <div className="pane-head">
          <h1 className="pane-title">{title}</h1>
          <span className="t3 s12 num">{ready ? `${incidents.length}, newest first` : ''}</span>
        </div>
        {!ready && <Skeleton rows={6} label={`Loading ${title}`} />}
        {ready && incidents.length === 0 && (
          <Empty glyph="ok" tone="ok" title="No incident yet">
            <p>
              {purpose === 'incidents'
                ? 'An incident opens by itself when a P0, P1 or P2 alert fires, or by hand from Triage with c.'
                : 'Each incident drafts its own postmortem from its timeline and evidence.'}
            </p>
          </Empty>
        )}
        <ul className={styles.list} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const incident = incidents[item.index];
            return (
              incident && (
                <li
                  key={incident.id}
                  className={styles.listRow}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <Row incident={incident} purpose={purpose} />
                </li>
              )
            );
          })}
        </ul>
      </section>
    </main>
  );
}

function Row({ incident, purpose }: { incident: Incident; purpose: 'incidents' | 'postmortems' }) {
  const now = useNow();
  const took = incident.resolvedAt === null ? '' : formatDuration(incident.resolvedAt - incident.openedAt);
  const tab = purpose === 'postmortems' ? 'postmortem' : 'response';
  return (
    <a href={hashOf({ screen: 'incident', id: incident.id, tab })}>
      <SeverityBadge severity={incident.severity} />
      <span className="t3 num">{incident.name}</span>
      <b className="clip">{incident.title}</b>
      {incident.synthetic && <span className="tag">synthetic</span>}
      <span className="push line">
        <StateBadge
          state={isOpen(incident) ? (incident.acknowledgedAt === null ? 'firing' : 'acknowledged') : 'ok'}
        >
          {incident.phase}
        </StateBadge>
        <span className="t3 s12 num only-wide">{took !== '' && `resolved after ${took}`}</span>
        <time
          className="t3 s12 num"
          dateTime={new Date(incident.openedAt).toISOString()}
          title={absoluteUtc(incident.openedAt)}
        >
          {shortUtc(incident.openedAt, now)} UTC
        </time>
      </span>
    </a>
  );
}
