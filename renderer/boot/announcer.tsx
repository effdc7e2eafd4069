import { useEffect, useRef, useState } from 'react';
import type { Incident } from '../../shared/model/incident.ts';
import type { Core } from '../state/core.ts';
import { isOpen, needsYouCount } from '../state/triage.ts';
import { useCollection } from '../state/use-core.tsx';

/** Says new pages to a screen reader; what was there when the window opened is read with the screen. */
export function Announcer() {
  const { ready, byId } = useCollection('incidents');
  const known = useRef<Set<string> | null>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (!ready) return;
    const open = [...byId.values()].filter(isOpen);
    const before = known.current;
    known.current = new Set(byId.keys());
    if (before === null) return;
    const fresh = open.filter((one) => !before.has(one.id));
    if (fresh.length > 0) setText(fresh.map(spoken).join(' '));
  }, [ready, byId]);
  return (
    <div className="vh" role="log" aria-live="assertive" aria-label="New pages">
      {text}
    </div>
  );
}

function spoken(incident: Incident): string {
  return `New incident, ${incident.severity}: ${incident.title}, ${incident.service}.`;
}

/** The tab's title carries how many rows need a person, since that may be all one sees of it. */
export function announceTitle(core: Core, page: Document): void {
  const update = () => {
    const waiting = needsYouCount(core.triage());
    const title = waiting > 0 ? `(${waiting}) Midwatch` : 'Midwatch';
    if (page.title !== title) page.title = title;
  };
  core.mirror.incidents.subscribe(update);
  core.mirror.alerts.subscribe(update);
}
