import type { Core } from './core.ts';
import type { CommandId } from './key-table.ts';
import { searchKey } from './trace.ts';
import { tracesRoute, traceViewOf } from './trace-view.ts';

/** What the table's commands do on the screen of traces. */
export const traceCommands: Partial<Record<CommandId, (core: Core) => void>> = {
  'go-traces': (core) => core.ui.go({ screen: 'traces', view: '' }),
};

/** The next or previous trace of the list becomes the open one. */
export function moveTrace(core: Core, by: 1 | -1): void {
  const { route } = core.uiStore.getState();
  if (route.screen !== 'traces') return;
  const view = traceViewOf(route.view);
  const traces = core.trace.found.getState().byKey.get(searchKey(view))?.value?.traces ?? [];
  const at = traces.findIndex((one) => one.traceId === view.trace);
  const next = traces[at < 0 ? 0 : Math.min(traces.length - 1, Math.max(0, at + by))];
  if (next) core.ui.go(tracesRoute({ ...view, trace: next.traceId }));
}
