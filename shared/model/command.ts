/** The screens of the window, by the names that its address uses. */
export type ScreenName =
  | 'triage'
  | 'incident'
  | 'objectives'
  | 'signals'
  | 'traces'
  | 'why'
  | 'postmortems'
  | 'silences'
  | 'settings'
  | 'health';

export type CommandId =
  | 'palette'
  | 'search'
  | 'keys'
  | 'theme'
  | 'try-now'
  | 'go-triage'
  | 'go-incident'
  | 'go-objectives'
  | 'go-signals'
  | 'go-traces'
  | 'go-why'
  | 'go-postmortems'
  | 'go-silences'
  | 'go-settings'
  | 'go-health'
  | 'next'
  | 'previous'
  | 'open'
  | 'acknowledge'
  | 'rearm'
  | 'escalate'
  | 'severity'
  | 'phase'
  | 'note'
  | 'run-step'
  | 'dry-run'
  | 'stop-run'
  | 'output'
  | 'open-incident'
  | 'edit'
  | 'export'
  | 'finish'
  | 'show-response'
  | 'show-postmortem'
  | 'send-test'
  | 'new-silence'
  | 'new-objective'
  | 'what-if'
  | 'report'
  | 'run-query'
  | 'edit-query'
  | 'add-panel'
  | 'build-query'
  | 'browse-signals'
  | 'copy-link'
  | 'save-board'
  | 'break-bad-model'
  | 'break-upstream-outage'
  | 'break-latency'
  | 'break-errors'
  | 'break-crash'
  | 'break-stale-features';

/** One command: the source of the key bindings, the palette, the desktop's menu, the buttons' key hints and the help. */
export interface Command {
  readonly id: CommandId;
  readonly label: string;
  /** As the binding library reads them; null where a command has no key. */
  readonly keys: string | null;
  readonly group: 'Go to' | 'Query' | 'Move' | 'Respond' | 'Write' | 'Window' | 'Break something';
  /** Screens on which it does something; null is everywhere. */
  readonly screens: readonly ScreenName[] | null;
  /** Works while the cursor stands in a text field, too. */
  readonly whileTyping?: boolean;
  /** Not offered in the palette, because it only moves inside a screen. */
  readonly hidden?: boolean;
}

const RESPOND: readonly ScreenName[] = ['triage', 'incident'];

export const commands: readonly Command[] = [
  {
    id: 'next',
    label: 'Next row',
    keys: 'j',
    group: 'Move',
    screens: ['triage', 'objectives', 'traces'],
    hidden: true,
  },
  {
    id: 'previous',
    label: 'Previous row',
    keys: 'k',
    group: 'Move',
    screens: ['triage', 'objectives', 'traces'],
    hidden: true,
  },
  {
    id: 'open',
    label: 'Open the selected row',
    keys: 'Enter',
    group: 'Move',
    screens: ['triage', 'objectives'],
    hidden: true,
  },
  { id: 'acknowledge', label: 'Acknowledge', keys: 'a', group: 'Respond', screens: RESPOND },
  {
    id: 'rearm',
    label: 'Re-arm: nobody has it any more',
    keys: 'Shift+A',
    group: 'Respond',
    screens: RESPOND,
  },
  {
    id: 'escalate',
    label: 'Escalate: tell the next now',
    keys: 'Shift+E',
    group: 'Respond',
    screens: RESPOND,
  },
  { id: 'severity', label: 'Confirm or change the severity', keys: 's', group: 'Respond', screens: RESPOND },
  {
    id: 'phase',
    label: 'Move the incident to another phase',
    keys: 'p',
    group: 'Respond',
    screens: ['incident'],
  },
  { id: 'note', label: 'Add a note to the timeline', keys: 'n', group: 'Respond', screens: RESPOND },
  { id: 'run-step', label: 'Run the next playbook step', keys: 'r', group: 'Respond', screens: RESPOND },
  { id: 'dry-run', label: 'Dry run of the next step', keys: 'Alt+Enter', group: 'Respond', screens: RESPOND },
  { id: 'stop-run', label: 'Stop the playbook run', keys: '.', group: 'Respond', screens: RESPOND },
  { id: 'output', label: 'Output of the last step', keys: 'o', group: 'Respond', screens: RESPOND },
  {
    id: 'open-incident',
    label: 'Open an incident by hand',
    keys: 'c',
    group: 'Respond',
    screens: ['triage'],
  },
  {
    id: 'show-response',
    label: 'Show the incident’s response',
    keys: null,
    group: 'Write',
    screens: ['incident'],
  },
  {
    id: 'show-postmortem',
    label: 'Show the incident’s postmortem',
    keys: null,
    group: 'Write',
    screens: ['incident'],
  },
  { id: 'edit', label: 'Edit the first open section', keys: 'e', group: 'Write', screens: ['incident'] },
  {
    id: 'export',
    label: 'Export the postmortem as Markdown',
    keys: 'x',
    group: 'Write',
    screens: ['incident'],
  },
  {
    id: 'finish',
    label: 'Close the incident',
    keys: '$mod+Enter',
    group: 'Write',
    screens: ['incident'],
    whileTyping: true,
  },
  {
    id: 'run-query',
    label: 'Run all panels',
    keys: '$mod+Enter',
    group: 'Query',
    screens: ['signals'],
    whileTyping: true,
  },
  { id: 'edit-query', label: 'Edit the first expression', keys: 'e', group: 'Query', screens: ['signals'] },
  {
    id: 'build-query',
    label: 'Build an expression from a metric',
    keys: 'n',
    group: 'Query',
    screens: ['signals'],
  },
  { id: 'add-panel', label: 'Add a panel', keys: 'c', group: 'Query', screens: ['signals'] },
  {
    id: 'browse-signals',
    label: 'Browse the catalogue of signals',
    keys: 'b',
    group: 'Query',
    screens: ['signals'],
  },
  { id: 'copy-link', label: 'Copy a link to what is shown', keys: 'l', group: 'Query', screens: ['signals'] },
  { id: 'save-board', label: 'Save as a board', keys: 'Shift+S', group: 'Query', screens: ['signals'] },
  {
    id: 'new-silence',
    label: 'Silence alerts',
    keys: 'z',
    group: 'Respond',
    screens: ['triage', 'incident', 'silences'],
  },
  { id: 'new-objective', label: 'New objective', keys: 'c', group: 'Write', screens: ['objectives'] },
  {
    id: 'what-if',
    label: 'What if the objective were another',
    keys: 'w',
    group: 'Write',
    screens: ['objectives'],
  },
  { id: 'report', label: 'Report of compliance', keys: 'x', group: 'Write', screens: ['objectives'] },
  { id: 'go-triage', label: 'Triage', keys: 'g t', group: 'Go to', screens: null },
  { id: 'go-incident', label: 'Incident', keys: 'g i', group: 'Go to', screens: null },
  { id: 'go-objectives', label: 'Objectives', keys: 'g o', group: 'Go to', screens: null },
  { id: 'go-signals', label: 'Signals', keys: 'g q', group: 'Go to', screens: null },
  { id: 'go-traces', label: 'Traces', keys: 'g r', group: 'Go to', screens: null },
  { id: 'go-why', label: 'Why', keys: 'g w', group: 'Go to', screens: null },
  { id: 'go-postmortems', label: 'Postmortems', keys: 'g p', group: 'Go to', screens: null },
  { id: 'go-silences', label: 'Silences', keys: 'g z', group: 'Go to', screens: null },
  { id: 'go-settings', label: 'Settings', keys: 'g s', group: 'Go to', screens: null },
  { id: 'go-health', label: 'Health', keys: 'g h', group: 'Go to', screens: null },
  {
    id: 'palette',
    label: 'Search or run a command',
    keys: '$mod+k',
    group: 'Window',
    screens: null,
    whileTyping: true,
    hidden: true,
  },
  { id: 'search', label: 'Search', keys: '/', group: 'Window', screens: null, hidden: true },
  { id: 'keys', label: 'Keys of this screen', keys: '?', group: 'Window', screens: null },
  { id: 'theme', label: 'Switch between dark and light', keys: null, group: 'Window', screens: null },
  { id: 'try-now', label: 'Try the connection now', keys: 'Shift+R', group: 'Window', screens: null },
  {
    id: 'break-bad-model',
    label: 'Break something: deploy a bad model',
    keys: null,
    group: 'Break something',
    screens: null,
  },
  {
    id: 'break-upstream-outage',
    label: 'Break something: take the upstream away',
    keys: null,
    group: 'Break something',
    screens: null,
  },
  {
    id: 'break-latency',
    label: 'Break something: slow requests down',
    keys: null,
    group: 'Break something',
    screens: null,
  },
  {
    id: 'break-errors',
    label: 'Break something: make requests fail',
    keys: null,
    group: 'Break something',
    screens: null,
  },
  {
    id: 'break-crash',
    label: 'Break something: crash a service',
    keys: null,
    group: 'Break something',
    screens: null,
  },
  {
    id: 'break-stale-features',
    label: 'Break something: let features go stale',
    keys: null,
    group: 'Break something',
    screens: null,
  },
];

export function commandOf(id: CommandId): Command {
  const command = commands.find((one) => one.id === id);
  if (!command) throw new Error(`No command is named ${id}: this is a bug in Midwatch, please report it.`);
  return command;
}

export function worksOn(command: Command, screen: ScreenName): boolean {
  return command.screens === null || command.screens.includes(screen);
}
