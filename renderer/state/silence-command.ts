import { formatMatchers } from '../../shared/model/matcher.ts';
import type { Core } from './core.ts';
import type { CommandId } from './key-table.ts';
import { flatten, incidentInHand, selectedEntry } from './selection.ts';

/** What the table's commands do about silences. */
export const silenceCommands: Partial<Record<CommandId, (core: Core) => void>> = {
  'go-silences': (core) => core.ui.go({ screen: 'silences' }),
  'new-silence': (core) => core.ui.open({ kind: 'new-silence', matchers: inHand(core) }),
};

/** Begins with what stands in hand: the narrowest that a person would mean. */
function inHand(core: Core): string {
  const { route, queueKey } = core.uiStore.getState();
  const entry = route.screen === 'triage' ? selectedEntry(flatten(core.triage()), queueKey) : null;
  if (entry?.kind === 'alert') {
    const { ruleId, service } = entry.alert;
    return formatMatchers([
      { name: 'service', op: '=', value: service },
      { name: 'rule', op: '=', value: ruleId },
    ]);
  }
  const service = incidentInHand(core)?.service;
  return service === undefined ? '' : formatMatchers([{ name: 'service', op: '=', value: service }]);
}
