import { formatInstant } from '../../../shared/unit/time.ts';
import { checkWorkspace, keptReplays } from '../../app/index.ts';
import { createLogger, systemClock } from '../../platform/index.ts';
import { problemsText } from './check.ts';
import { pagesOf, replayLines } from './replay-lines.ts';
import type { Terminal } from './terminal.ts';
import type { ToolCommand } from './tool-command.ts';

/** `midwatch replays`: those that were kept, or one of them again. Exit status 1 where that one is not there. */
export async function replays(
  command: Extract<ToolCommand, { kind: 'replays' }>,
  terminal: Terminal,
): Promise<number> {
  const log = createLogger('warn');
  const { workspace, problems } = await checkWorkspace(command.workspace, systemClock(), log);
  if (!workspace) {
    terminal.complain(problemsText(problems));
    return 1;
  }
  const all = keptReplays(workspace, command.dataFolder, log);
  if (command.id === undefined) {
    if (command.json) terminal.say(JSON.stringify(all, null, 2));
    else
      terminal.say(
        all.length === 0
          ? 'No replay is kept yet: "midwatch replay --from TIME --to TIME" makes one.'
          : all.map(lineOf).join('\n'),
      );
    return 0;
  }
  const one = all.find(({ id }) => id === command.id);
  if (!one) {
    terminal.complain(`midwatch: no replay ${command.id} is kept; "midwatch replays" lists those that are.`);
    return 1;
  }
  terminal.say(command.json ? JSON.stringify(one, null, 2) : replayLines(one).join('\n'));
  return 0;
}

function lineOf({ id, madeAt, replay, against, other }: ReturnType<typeof keptReplays>[number]): string {
  const than = other === null ? '' : `; ${pagesOf(other)} with ${against}`;
  return `${id}  made ${formatInstant(madeAt)}: ${formatInstant(replay.fromAt)} to ${formatInstant(replay.toAt)}, ${replay.alerts.length} alerts, ${pagesOf(replay)}${than}`;
}
