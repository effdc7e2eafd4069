import { alertInHand, canRearm } from './alert-word.ts';
import type { Core } from './core.ts';
import type { DemoFaultKind } from './demo.ts';
import type { CommandId } from './key-table.ts';
import { objectiveCommands } from './objective-command.ts';
import { sortObjectives } from './objective-table.ts';
import { flatten, incidentInHand, incidentToShow, playbookNow, selectedEntry } from './selection.ts';
import { signalCommands } from './signal-command.ts';
import { silenceCommands } from './silence-command.ts';
import { moveTrace, traceCommands } from './trace-command.ts';
import { needsWord } from './triage.ts';

/** What the table's commands do. Screens and the palette run commands; they never do the same thing by another way. */
export function runCommand(core: Core, id: CommandId): void {
  if (id.startsWith('break-')) return void core.demo.inject(id.slice('break-'.length) as DemoFaultKind);
  const handler = handlers[id];
  handler?.(core);
}

/**
 * What a command acts on stays selected, also where that command, or news, order the queue anew: the row that stood first
 * because nobody had chosen would be another one for the next key.
 */
function holdSelection(core: Core): void {
  const { route, queueKey } = core.uiStore.getState();
  if (route.screen !== 'triage') return;
  const shown = selectedEntry(flatten(core.triage()), queueKey);
  if (shown && shown.key !== queueKey) core.uiStore.setState({ queueKey: shown.key });
}

type Handler = (core: Core) => void;

const handlers: Partial<Record<CommandId, Handler>> = {
  ...objectiveCommands,
  ...silenceCommands,
  ...signalCommands,
  ...traceCommands,
  palette: (core) => core.ui.open({ kind: 'palette' }),
  search: (core) => core.ui.open({ kind: 'palette' }),
  keys: (core) => core.ui.open({ kind: 'keys' }),
  theme: switchTheme,
  'try-now': (core) => core.tryNow(),
  'go-triage': (core) => core.ui.go({ screen: 'triage' }),
  'go-incident': (core) => {
    const id = incidentToShow(core.mirror.incidents.getState().byId.values(), core.uiStore.getState());
    core.ui.go({ screen: 'incident', id, tab: 'response' });
  },
  'go-why': (core) => core.ui.go({ screen: 'why', text: '' }),
  'go-postmortems': (core) => core.ui.go({ screen: 'postmortems' }),
  'go-settings': (core) => core.ui.go({ screen: 'settings' }),
  'go-health': (core) => core.ui.go({ screen: 'health' }),
  next: (core) => move(core, 1),
  previous: (core) => move(core, -1),
  open: openSelected,
  acknowledge,
  rearm,
  escalate,
  severity: withIncident((core, incident) =>
    core.ui.open({ kind: 'severity', incidentId: incident.id, proposed: incident.suggestion.severity }),
  ),
  phase: withIncident((core, incident) => core.ui.open({ kind: 'phase', incidentId: incident.id })),
  note: withIncident((core, incident) => core.ui.open({ kind: 'note', incidentId: incident.id })),
  'run-step': withIncident((core, incident) => {
    const view = playbookNow(core, incident);
    if (!view)
      return core.ui.toast(
        'problem',
        `No playbook is proposed for ${incident.service}. Write one in playbooks/ that names it.`,
      );
    if (view.unknown)
      return core.ui.toast(
        'problem',
        `Step ${view.unknown.number} has an unknown outcome: say what is true before the next one runs.`,
      );
    void core.playbook.runNext(incident, view);
  }),
  'dry-run': withIncident((core, incident) => {
    const view = playbookNow(core, incident);
    if (view) void core.playbook.dryRun(view);
  }),
  'stop-run': withIncident((core, incident) => {
    const run = playbookNow(core, incident)?.run;
    if (run && run.endedAt === null) void core.playbook.stop(run.id);
  }),
  output: withIncident((core, incident) => {
    const last = playbookNow(core, incident)?.steps.findLast((one) => one.run?.output);
    if (last?.run?.output)
      core.ui.open({
        kind: 'text',
        title: `Output of step ${last.number}: ${last.step.title}`,
        text: last.run.output,
        note: last.run.reason ?? '',
      });
  }),
  'open-incident': (core) => core.ui.open({ kind: 'open-incident' }),
  'show-response': withIncident((core, incident) =>
    core.ui.go({ screen: 'incident', id: incident.id, tab: 'response' }),
  ),
  'show-postmortem': withIncident((core, incident) =>
    core.ui.go({ screen: 'incident', id: incident.id, tab: 'postmortem' }),
  ),
  export: withIncident((core, incident) => void core.postmortem.export(incident.id)),
  finish: withIncident((core, incident) => {
    if (incident.phase === 'postmortem') void finish(core, incident.id);
  }),
};

function withIncident(
  run: (core: Core, incident: NonNullable<ReturnType<typeof incidentInHand>>) => void,
): Handler {
  return (core) => {
    holdSelection(core);
    const incident = incidentInHand(core);
    if (incident) run(core, incident);
  };
}

async function finish(core: Core, incidentId: string): Promise<void> {
  await core.postmortem.saveNow(incidentId);
  const incident = core.mirror.incidents.getState().byId.get(incidentId);
  if (incident) await core.incident.changePhase(incident, 'closed', 'The postmortem is finished.');
}

function acknowledge(core: Core): void {
  holdSelection(core);
  const incident = incidentInHand(core);
  if (incident) {
    if (needsWord(incident, core.mirror.alerts.getState().byId)) void core.incident.acknowledge(incident);
    return;
  }
  const { route, queueKey } = core.uiStore.getState();
  const entry = route.screen === 'triage' ? selectedEntry(flatten(core.triage()), queueKey) : null;
  if (entry?.kind !== 'alert' || entry.alert.acknowledgement) return;
  void core.requests.say(`acknowledge:${entry.alert.id}`, (api) =>
    api.alert.acknowledge({ alertId: entry.alert.id }),
  );
}

function rearm(core: Core): void {
  holdSelection(core);
  const alert = alertInHand(core);
  if (alert && canRearm(alert, core.mirror.alerts.getState().byId.values()))
    core.ui.open({ kind: 'rearm', alertId: alert.id });
  else core.ui.toast('problem', 'Nobody has acknowledged what fires here, so there is nothing to re-arm.');
}

function escalate(core: Core): void {
  holdSelection(core);
  const alert = alertInHand(core);
  if (alert) core.ui.open({ kind: 'escalate', alertId: alert.id });
  else core.ui.toast('problem', 'Nothing of this fires, so no chain tells anybody.');
}

function openSelected(core: Core): void {
  const { route, objectiveId } = core.uiStore.getState();
  if (route.screen === 'objectives' && objectiveId !== null)
    core.ui.go({ screen: 'objectives', id: route.id === objectiveId ? null : objectiveId });
  holdSelection(core);
  const incident = route.screen === 'triage' ? incidentInHand(core) : null;
  if (incident)
    core.ui.go({
      screen: 'incident',
      id: incident.id,
      tab: incident.phase === 'postmortem' ? 'postmortem' : 'response',
    });
}

function move(core: Core, by: 1 | -1): void {
  const { route, queueKey, objectiveId, objectiveSort } = core.uiStore.getState();
  if (route.screen === 'traces') moveTrace(core, by);
  else if (route.screen === 'triage') {
    const keys = flatten(core.triage()).map((entry) => entry.key);
    core.uiStore.setState({ queueKey: step(keys, queueKey ?? keys[0] ?? null, by) });
  } else if (route.screen === 'objectives') {
    const ids = sortObjectives(core.mirror.objectives.getState().byId.values(), objectiveSort).map(
      (one) => one.objective.id,
    );
    core.uiStore.setState({ objectiveId: step(ids, objectiveId, by) });
  }
}

function step(keys: readonly string[], key: string | null, by: 1 | -1): string | null {
  const at = key === null ? -1 : keys.indexOf(key);
  return keys[Math.min(keys.length - 1, Math.max(0, at + by))] ?? null;
}

function switchTheme(core: Core): void {
  const shown =
    document.documentElement.dataset.theme ??
    (matchMedia('(prefers-color-scheme: light)').matches ? 'light' : 'dark');
  core.uiStore.setState({ theme: shown === 'light' ? 'dark' : 'light' });
}
