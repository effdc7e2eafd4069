import type { Core } from './core.ts';
import type { CommandId } from './key-table.ts';
import { sortObjectives } from './objective-table.ts';

/** What the table's commands do on the objectives' screen. */
export const objectiveCommands: Partial<Record<CommandId, (core: Core) => void>> = {
  'go-objectives': (core) => core.ui.go({ screen: 'objectives', id: null }),
  'new-objective': (core) => core.ui.open({ kind: 'new-objective' }),
  report: (core) => core.ui.open({ kind: 'report' }),
  'what-if': (core) => {
    const { route, objectiveId, objectiveSort } = core.uiStore.getState();
    const open = route.screen === 'objectives' ? route.id : null;
    const first = sortObjectives(core.mirror.objectives.getState().byId.values(), objectiveSort)[0];
    const id = open ?? objectiveId ?? first?.objective.id ?? null;
    if (id !== null) core.ui.go({ screen: 'objectives', id, tab: 'what-if' });
  },
};
