import type { IncidentTab } from '../../state/route.ts';
import { useCollection, useCore, useRefresh } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Skeleton } from '../../ui/state.tsx';
import { Evidence } from './evidence.tsx';
import styles from './incident.module.css';
import { IncidentHeader } from './incident-header.tsx';
import { IncidentList } from './incident-list.tsx';
import { PostmortemTab } from './postmortem-tab.tsx';
import { Runner } from './runner.tsx';
import { Timeline } from './timeline.tsx';

/** One incident: its response (timeline, evidence, playbook) or its postmortem; without an id, all of them. */
export function IncidentScreen({ id, tab }: { id: string | null; tab: IncidentTab }) {
  const { ready } = useCollection('incidents');
  if (!ready)
    return (
      <main className={styles.single} tabIndex={-1}>
        <Skeleton rows={8} label="Loading the incident" />
      </main>
    );
  return id === null ? <IncidentList purpose="incidents" /> : <OneIncident key={id} id={id} tab={tab} />;
}

function OneIncident({ id, tab }: { id: string; tab: IncidentTab }) {
  const core = useCore();
  const incident = useCollection('incidents').byId.get(id);
  useRefresh(`timeline:${id}:${incident?.timelineSeq ?? 0}`, 0, () => void core.incident.loadTimeline(id));
  if (!incident)
    return (
      <main className={styles.single} tabIndex={-1}>
        <Empty
          glyph="no-data"
          title="There is no such incident"
          actions={
            <Button onPress={() => core.ui.go({ screen: 'incident', id: null, tab: 'response' })}>
              All incidents
            </Button>
          }
        >
          <p>The address names {id}, which this workspace does not have.</p>
        </Empty>
      </main>
    );
  return (
    <main className={tab === 'postmortem' ? styles.writing : styles.main} tabIndex={-1}>
      <IncidentHeader incident={incident} tab={tab} />
      {tab === 'postmortem' ? (
        <PostmortemTab incident={incident} />
      ) : (
        <>
          <Timeline incident={incident} />
          <Evidence incident={incident} />
          <Runner incident={incident} />
        </>
      )}
    </main>
  );
}
