import { readFileSync, writeFileSync } from 'node:fs';
import {
  checkWorkspace,
  compareReplays,
  gradePages,
  type Replay,
  type ReplayDifference,
  readIncidents,
  replayWorkspaces,
} from '../../app/index.ts';
import { createLogger, systemClock } from '../../platform/index.ts';
import { problemsText } from './check.ts';
import type { Terminal } from './terminal.ts';
import type { ToolCommand } from './tool-command.ts';

type ReplayCommand = Extract<ToolCommand, { kind: 'replay' }>;

/** `midwatch replay`: what the objectives would have alerted on, and what another configuration would have changed. */
export async function replay(command: ReplayCommand, terminal: Terminal): Promise<number> {
  const workspaces = [];
  for (const path of [command.workspace, ...(command.against === undefined ? [] : [command.against])]) {
    const { workspace, problems } = await checkWorkspace(path, systemClock(), createLogger('warn'));
    if (!workspace) {
      terminal.complain(problemsText(problems));
      return 1;
    }
    workspaces.push(workspace);
  }
  const samples = { dataFolder: command.dataFolder, file: command.samples };
  const shown = process.stderr.isTTY;
  const replays = await replayWorkspaces(workspaces, samples, command, (done, all) => {
    if (shown) process.stderr.write(`\r${done} of ${all} objectives${done === all ? '\n' : ''}`);
  });
  const [first, second] = replays;
  if (!first) return 1;
  const difference = second ? compareReplays(first, second) : null;
  const grades =
    command.incidents === undefined
      ? null
      : gradePages(first, readIncidents(readFileSync(command.incidents, 'utf8'), command.incidents));
  const record = JSON.stringify({ replay: first, against: second ?? null, difference, grades }, null, 2);
  if (command.out !== undefined) writeFileSync(command.out, record);
  terminal.say(
    command.json
      ? record
      : [...replayLines(first), ...differenceLines(difference), ...gradeLines(grades)].join('\n'),
  );
  return 0;
}

function replayLines({ objectives, evaluations, fromAt, toAt }: Replay): string[] {
  const alerts = objectives.flatMap((one) =>
    one.episodes.map((episode) => ({ ...episode, id: one.objectiveId })),
  );
  const pages = objectives.reduce((sum, one) => sum + one.pagesPerDay, 0);
  return [
    `${utc(fromAt)} to ${utc(toAt)} UTC: ${objectives.length} objectives, ${evaluations.toLocaleString('en-US')} evaluations, ${alerts.length} alerts, ${pages.toFixed(2)} pages a day.`,
    ...alerts
      .toSorted((a, b) => a.firedAt - b.firedAt)
      .map(
        (one) =>
          `  ${utc(one.firedAt)} – ${one.resolvedAt === null ? 'still firing' : utc(one.resolvedAt)} ${one.priority} ${one.id} ${one.row}: ${one.reason}`,
      ),
    ...objectives.flatMap((one) => one.notes.map((note) => `  ${one.objectiveId}: ${note}`)),
  ];
}

function differenceLines(difference: readonly ReplayDifference[] | null): string[] {
  if (!difference) return [];
  const changed = difference.filter((one) => one.came.length + one.gone.length > 0 || one.onlyIn !== null);
  return [
    `Against: ${changed.length} of ${difference.length} objectives differ.`,
    ...changed.map((one) => {
      const only =
        one.onlyIn === null ? '' : ` (only in the ${one.onlyIn === 'before' ? 'first' : 'second'} workspace)`;
      return `  ${one.objectiveId}${only}: ${one.came.length} came, ${one.gone.length} gone, ${one.kept} in both`;
    }),
  ];
}

function gradeLines(grades: ReturnType<typeof gradePages> | null): string[] {
  if (!grades) return [];
  const share = (value: number | null) => (value === null ? 'unknown' : `${(value * 100).toFixed(0)} %`);
  return [
    `Judged by ${grades.incidents} incidents: precision ${share(grades.precision)} of ${grades.pages} pages, recall ${share(grades.recall)}.`,
  ];
}

function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
