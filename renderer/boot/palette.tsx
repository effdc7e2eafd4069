import { Command } from 'cmdk';
import { useState } from 'react';
import { useStore } from 'zustand';
import { runCommand } from '../state/command.ts';
import { commands, keyCaps, worksOn } from '../state/key-table.ts';
import { incidentInHand, useIncidents } from '../state/selection.ts';
import { useCollection, useCore, useLine, useNow, useUi } from '../state/use-core.tsx';
import { Glyph, SeverityBadge } from '../ui/badge.tsx';
import { isMac, Keys } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ago } from '../ui/format.ts';
import { matchScore } from '../ui/match.ts';

const MOST_PER_GROUP = 50;

/** Everything by its name: commands, incidents, objectives, playbooks. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [query, setQuery] = useState('');
  return (
    <Dialog title="Search or run a command" onClose={onClose} plain>
      <Command label="Search or run a command" className="palette" loop filter={matchScore}>
        <div className="q">
          <Glyph name="found" tone="t3" />
          <Command.Input
            data-focus
            value={query}
            onValueChange={setQuery}
            placeholder="Search or run"
            maxLength={200}
          />
        </div>
        <Command.List className="palette-list">
          <Command.Empty className="palette-empty">Nothing is called “{query}”.</Command.Empty>
          <CommandGroup />
          <IncidentGroup />
          <ObjectiveGroup />
          <PlaybookGroup />
        </Command.List>
        <div className="foot">
          <span>
            <Keys caps={['↑', '↓']} /> move
          </span>
          <span>
            <Keys caps={['↵']} /> run
          </span>
          <span className="push">
            <Keys caps={['Esc']} /> close
          </span>
        </div>
      </Command>
    </Dialog>
  );
}

function CommandGroup() {
  const core = useCore();
  const screen = useUi((state) => state.route.screen);
  const isDemo = useLine((state) => state.hello?.demo ?? false);
  const demoReady = useStore(core.demo.store, (state) => state.available);
  const mac = isMac();
  const offered = commands.filter(
    (one) =>
      !one.hidden &&
      worksOn(one, screen) &&
      (one.group !== 'Break something' || (isDemo && demoReady)) &&
      one.id !== 'edit',
  );
  return (
    <Command.Group heading="Run">
      {offered.map((one) => (
        <Command.Item
          key={one.id}
          value={`${one.label} ${one.group} ${one.id}`}
          onSelect={() => {
            core.ui.close();
            runCommand(core, one.id);
          }}
        >
          <Glyph
            name={one.group === 'Go to' ? 'change' : one.group === 'Break something' ? 'burning' : 'run'}
            tone={one.group === 'Break something' ? 'burn' : 'accent'}
          />
          <span className="clip">{one.group === 'Go to' ? `Go to ${one.label}` : one.label}</span>
          <span className="push">{one.keys && <Keys caps={keyCaps(one.keys, mac)} />}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function IncidentGroup() {
  const core = useCore();
  const now = useNow();
  const incidents = useIncidents().slice(0, MOST_PER_GROUP);
  return (
    <Command.Group heading="Incidents">
      {incidents.map((one) => (
        <Command.Item
          key={one.id}
          value={`${one.title} ${one.name} ${one.service} incident ${one.id}`}
          onSelect={() => core.ui.go({ screen: 'incident', id: one.id, tab: 'response' })}
        >
          <SeverityBadge severity={one.severity} />
          <span className="clip">
            {one.name}, {one.title}
          </span>
          <span className="push t3 s12 num">{ago(one.openedAt, now)}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

function ObjectiveGroup() {
  const core = useCore();
  const objectives = useCollection('objectives').byId;
  return (
    <Command.Group heading="Objectives">
      {[...objectives.values()].slice(0, MOST_PER_GROUP).map(({ objective, state }) => (
        <Command.Item
          key={objective.id}
          value={`${objective.title} ${objective.service} objective ${objective.id}`}
          onSelect={() => core.ui.go({ screen: 'objectives', id: objective.id })}
        >
          <Glyph
            name={state === 'burning' ? 'burning' : state === 'ok' ? 'ok' : 'no-data'}
            tone={state === 'burning' ? 'burn' : state === 'ok' ? 'ok' : 't3'}
          />
          <span className="clip">{objective.title}</span>
          <span className="push t3 s12">{objective.service}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}

/** A playbook leads to the incident in hand that it is for: it is run there. */
function PlaybookGroup() {
  const core = useCore();
  const playbooks = useCollection('playbooks').byId;
  const incident = incidentInHand(core);
  return (
    <Command.Group heading="Playbooks">
      {[...playbooks.values()].slice(0, MOST_PER_GROUP).map((one) => (
        <Command.Item
          key={one.id}
          value={`${one.title} ${one.services.join(' ')} playbook ${one.id}`}
          onSelect={() => {
            if (incident?.playbookId === one.id)
              core.ui.go({ screen: 'incident', id: incident.id, tab: 'response' });
            else
              core.ui.open({
                kind: 'text',
                title: one.title,
                text: [...one.diagnosis, ...one.mitigation]
                  .map((step, index) => `${index + 1}. ${step.title}`)
                  .join('\n'),
                note: `${one.description} ${one.definedAt}`.trim(),
              });
          }}
        >
          <Glyph name="note" tone="t2" />
          <span className="clip">{one.title}</span>
          <span className="push t3 s12">{one.definedAt}</span>
        </Command.Item>
      ))}
    </Command.Group>
  );
}
