import { readFileSync, writeFileSync } from 'node:fs';
import type { Workspace } from '../../../shared/config/workspace.ts';
import { CodedError, messageOf } from '../../../shared/error/coded.ts';
import type { PageGrades, Replay, ReplayRecord } from '../../../shared/model/replay.ts';
import { formatInstant } from '../../../shared/unit/time.ts';
import {
  checkWorkspace,
  compareReplays,
  gradePages,
  keepReplay,
  ownIncidents,
  pastOf,
  readIncidents,
  replayWorkspaces,
} from '../../app/index.ts';
import { createLogger, type Logger, systemClock, type Vault } from '../../platform/index.ts';
import { problemsText } from './check.ts';
import { replayLines } from './replay-lines.ts';
import type { Terminal } from './terminal.ts';
import type { ToolCommand } from './tool-command.ts';

type ReplayCommand = Extract<ToolCommand, { kind: 'replay' }>;

/** As a shell knows a command that Ctrl-C ended. */
const INTERRUPTED = 130;

/**
 * `midwatch replay`: what would have alerted, whom that would have reached, and what another configuration would have
 * changed. Exit status 0 when it is through, 1 where it could not be made, 130 where it was cancelled: what was done until
 * then is printed and kept all the same.
 */
export async function replay(command: ReplayCommand, vault: Vault, terminal: Terminal): Promise<number> {
  const log = createLogger('warn');
  const workspaces = await workspacesOf(command, log, terminal);
  const [workspace] = workspaces ?? [];
  if (!workspaces || !workspace) return 1;
  // Read before the long work: a file with a mistake must not be found at its end.
  const labels = labelsOf(command);
  const cancel = new AbortController();
  const onSignal = () => {
    terminal.complain('\nCancelling: what was done until now follows …');
    cancel.abort();
  };
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const progress = progressLine();
  let replays: Replay[];
  try {
    replays = await replayWorkspaces(
      workspaces,
      { ...command, file: command.samples },
      {
        vault,
        log,
        signal: cancel.signal,
        onProgress: progress.show,
      },
    );
  } finally {
    progress.end();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  const [first, second] = replays;
  if (!first) return INTERRUPTED;
  const grades = gradesOf(first, workspace, command, labels, log);
  const made = {
    workspace: workspace.path,
    against: workspaces[1]?.path ?? null,
    history: historyText(command),
    replay: first,
    other: second ?? null,
    difference: second ? compareReplays(first, second) : null,
    grades,
  };
  await tell(made, workspace, command, log, terminal);
  return cancel.signal.aborted ? INTERRUPTED : 0;
}

async function workspacesOf(
  command: ReplayCommand,
  log: Logger,
  terminal: Terminal,
): Promise<Workspace[] | null> {
  const workspaces: Workspace[] = [];
  for (const path of [command.workspace, ...(command.against === undefined ? [] : [command.against])]) {
    const { workspace, problems } = await checkWorkspace(path, systemClock(), log);
    if (!workspace) {
      terminal.complain(problemsText(problems));
      return null;
    }
    workspaces.push(workspace);
  }
  return workspaces;
}

function labelsOf({ incidents }: ReplayCommand): ReturnType<typeof readIncidents> | null {
  if (incidents === undefined) return null;
  try {
    return readIncidents(readFileSync(incidents, 'utf8'), incidents);
  } catch (thrown) {
    if (thrown instanceof CodedError) throw thrown;
    throw new CodedError('incidents-unreadable', `${incidents} cannot be read: ${messageOf(thrown)}`);
  }
}

/** By the given labels, and by Midwatch's own incidents of that time where there are some. */
function gradesOf(
  first: Replay,
  workspace: Workspace,
  command: ReplayCommand,
  labels: ReturnType<typeof readIncidents> | null,
  log: Logger,
): PageGrades[] {
  const samples = { dataFolder: command.dataFolder, file: command.samples };
  const own = ownIncidents(pastOf(workspace, samples, log).incidents, first.fromAt, first.toAt);
  return [
    ...(labels ? [gradePages(first, labels, command.incidents ?? '')] : []),
    ...(own.length > 0 ? [gradePages(first, own, 'incidents of this workspace')] : []),
  ];
}

function historyText({ fromSource, samples }: ReplayCommand): string {
  if (samples !== undefined) return `the file ${samples}`;
  return fromSource ? 'its sources themselves' : 'the workspace’s store';
}

async function tell(
  made: Omit<ReplayRecord, 'id' | 'madeAt'>,
  workspace: Workspace,
  command: ReplayCommand,
  log: Logger,
  terminal: Terminal,
): Promise<void> {
  const json = () => JSON.stringify(made, null, 2);
  if (command.out !== undefined) writeFileSync(command.out, json());
  terminal.say(command.json ? json() : replayLines(made).join('\n'));
  if (!command.keep) return;
  try {
    const id = await keepReplay(workspace, command.dataFolder, made, log);
    if (!command.json) terminal.say(`Kept as ${id}; "midwatch replays --id ${id}" prints it again.`);
  } catch (thrown) {
    terminal.complain(`midwatch: the replay was made, but could not be kept: ${messageOf(thrown)}`);
  }
}

/** One line that is written over, on a terminal alone. */
function progressLine() {
  const shown = process.stderr.isTTY;
  let length = 0;
  const write = (text: string) => {
    if (!shown) return;
    process.stderr.write(`\r${text.padEnd(length)}`);
    length = text.length;
  };
  return {
    show: (
      { at, read, toRead }: { readonly at: number; readonly read: number; readonly toRead: number },
      place: number,
      of: number,
    ) => {
      const which = of === 1 ? '' : `workspace ${place + 1} of ${of}, `;
      const reading = toRead === 0 ? '' : `, reading ${read} of ${toRead}`;
      write(`${which}${formatInstant(at)}${reading}`);
    },
    end: () => {
      if (length > 0) process.stderr.write('\n');
    },
  };
}
