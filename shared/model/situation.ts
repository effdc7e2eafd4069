import type { Health } from './health.ts';
import type { Incident } from './incident.ts';
import type { Severity } from './priority.ts';

/** What the tray shows at a glance. Blind comes before everything: a number that may be wrong is no comfort. */
export interface Situation {
  readonly icon: 'quiet' | 'sev-1' | 'sev-2' | 'sev-3' | 'blind';
  readonly count: number;
  readonly words: string;
  /** Worst first, the longest open before the younger. */
  readonly open: readonly Incident[];
}

const OVER: ReadonlySet<Incident['phase']> = new Set(['postmortem', 'closed', 'merged', 'cancelled']);
const ICONS = { 'SEV-1': 'sev-1', 'SEV-2': 'sev-2', 'SEV-3': 'sev-3' } as const satisfies Record<
  Severity,
  string
>;

export function situationOf(incidents: readonly Incident[], health: Health | undefined): Situation {
  const open = incidents
    .filter((one) => !OVER.has(one.phase) && !one.synthetic)
    .toSorted((a, b) => a.severity.localeCompare(b.severity) || a.openedAt - b.openedAt);
  const worst = open[0];
  const count = open.length;
  const said = worst
    ? `${count} open ${count === 1 ? 'incident' : 'incidents'}, the worst ${worst.severity}: ${worst.title}`
    : 'all quiet';
  if (!health) return { icon: 'blind', count, words: 'Not watching yet: the core is starting', open };
  if (health.blind !== null) return { icon: 'blind', count, words: `Not watching: ${health.blind}`, open };
  return { icon: worst ? ICONS[worst.severity] : 'quiet', count, words: said, open };
}
