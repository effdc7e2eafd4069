import { checkWorkspace, formatProblems, hasErrors, problemsToJson } from '../../app/index.ts';
import { createLogger, systemClock } from '../../platform/index.ts';
import type { Terminal } from './terminal.ts';

/** `midwatch check`: all problems at once, as lines or as JSON. Exit status 0 where there is no error. */
export async function check(path: string, json: boolean, terminal: Terminal): Promise<number> {
  const { workspace, problems } = await checkWorkspace(path, systemClock(), createLogger('warn'));
  const wrong = workspace === null || hasErrors(problems);
  if (json) terminal.say(problemsToJson(problems));
  else if (problems.length > 0) (wrong ? terminal.complain : terminal.say)(formatProblems(problems));
  if (!json && !wrong && workspace) {
    const { objectives, rules, detectors, playbooks, sources } = workspace;
    terminal.say(
      `${workspace.name}: ${sources.length} sources, ${objectives.length} objectives, ${rules.length} rules, ${detectors.length} detectors, ${playbooks.length} playbooks. Nothing is wrong.`,
    );
  }
  return wrong ? 1 : 0;
}
