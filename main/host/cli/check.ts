import {
  askCheck,
  checkWorkspace,
  detectionTimesOf,
  formatProblems,
  hasErrors,
  type Problem,
  problemsToJson,
  unasked,
} from '../../app/index.ts';
import { createLogger, systemClock, type Vault } from '../../platform/index.ts';
import type { Terminal } from './terminal.ts';

export interface CheckOptions {
  readonly json: boolean;
  /** Warnings count as errors. */
  readonly strict: boolean;
  /** Sources are asked what only data can say. */
  readonly ask: boolean;
  readonly dataFolder: string | undefined;
}

/**
 * `midwatch check`: all problems at once, as lines or as JSON. Exit status 0 where there is no error, and under
 * `--strict` no warning either.
 */
export async function check(
  path: string,
  options: CheckOptions,
  terminal: Terminal,
  vault: Vault,
): Promise<number> {
  const log = createLogger('warn');
  const loaded = await checkWorkspace(path, systemClock(), log);
  const { workspace } = loaded;
  const asked =
    workspace && options.ask
      ? await askCheck({ ...loaded, workspace }, { vault, log, dataFolder: options.dataFolder })
      : { warnings: [], notLooked: workspace ? unasked(workspace) : [] };
  const problems = [...loaded.problems, ...asked.warnings];
  const wrong = workspace === null || hasErrors(problems) || (options.strict && problems.length > 0);
  if (options.json) {
    terminal.say(problemsToJson(problems, options.strict, asked.notLooked));
    return wrong ? 1 : 0;
  }
  if (problems.length > 0) (wrong ? terminal.complain : terminal.say)(formatProblems(problems));
  if (workspace) terminal.say(detectionTimesOf(workspace).join('\n'));
  if (asked.notLooked.length > 0)
    terminal.say(['Not looked at:', ...asked.notLooked.map((one) => `  ${one}`)].join('\n'));
  if (!wrong && workspace) {
    const { objectives, rules, detectors, playbooks, sources } = workspace;
    const counts = `${sources.length} sources, ${objectives.length} objectives, ${rules.length} rules, ${detectors.length} detectors, ${playbooks.length} playbooks`;
    const said = problems.length === 0 ? 'Nothing is wrong.' : `${problems.length} warnings.`;
    terminal.say(`${workspace.name}: ${counts}. ${said}`);
  }
  return wrong ? 1 : 0;
}

export function problemsText(problems: readonly Problem[]): string {
  return formatProblems(problems);
}
