import { useMemo } from 'react';
import { flatten, incidentOfEntry, selectedEntry, useSelectedKey, useTriage } from '../../state/selection.ts';
import { useCollection } from '../../state/use-core.tsx';
import { Skeleton } from '../../ui/state.tsx';
import { AlertCard } from './alert-card.tsx';
import { IncidentCard } from './incident-card.tsx';
import { Queue } from './queue.tsx';
import { Quiet } from './quiet.tsx';
import { SourceCard } from './source-card.tsx';
import styles from './triage.module.css';

/** Home: the queue by severity and age, and the card of the selected row. */
export function TriageScreen() {
  const { ready, groups } = useTriage();
  const key = useSelectedKey();
  const entries = useMemo(() => flatten(groups), [groups]);
  const selected = selectedEntry(entries, key);
  const incidents = useCollection('incidents').byId;
  const incident = selected?.kind === 'incident' ? incidentOfEntry(selected, incidents) : null;
  return (
    <main className={styles.main} data-alone={ready && entries.length === 0 ? true : undefined} tabIndex={-1}>
      <h1 className="vh">Triage</h1>
      {entries.length > 0 || !ready ? (
        <Queue groups={groups} selectedKey={selected?.key ?? null} ready={ready} />
      ) : (
        <Quiet />
      )}
      {!ready && <Skeleton rows={9} label="Loading the queue" />}
      {incident && <IncidentCard key={incident.id} incident={incident} />}
      {selected?.kind === 'alert' && (
        <AlertCard key={selected.key} alert={selected.alert} verdict={selected.verdict} />
      )}
      {selected?.kind === 'source' && <SourceCard source={selected.source} />}
      {selected?.kind === 'self' && (
        <section className="pane card" aria-label="Selected row">
          <h2 className={styles.headline}>{selected.title}</h2>
          <p className="t2">{selected.reason}</p>
        </section>
      )}
    </main>
  );
}
