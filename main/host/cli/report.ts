import { writeFileSync } from 'node:fs';
import { checkWorkspace, reportWorkspace } from '../../app/index.ts';
import { createLogger, systemClock, type Vault } from '../../platform/index.ts';
import { problemsText } from './check.ts';
import type { Terminal } from './terminal.ts';
import type { ToolCommand } from './tool-command.ts';

/** `midwatch report`: the report on stdout or in a file. Exit status 1 where the workspace is wrong. */
export async function report(
  command: Extract<ToolCommand, { kind: 'report' }>,
  vault: Vault,
  terminal: Terminal,
): Promise<number> {
  const log = createLogger('warn');
  const { workspace, problems } = await checkWorkspace(command.workspace, systemClock(), log);
  if (!workspace) {
    terminal.complain(problemsText(problems));
    return 1;
  }
  const samples = { dataFolder: command.dataFolder, file: command.samples };
  const { text } = await reportWorkspace(workspace, command, samples, vault, log);
  if (command.out === undefined) terminal.say(text.trimEnd());
  else {
    writeFileSync(command.out, text);
    terminal.say(`Wrote ${command.out}`);
  }
  return 0;
}
