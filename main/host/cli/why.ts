import type { Alert } from '../../../shared/model/alert.ts';
import { checkWorkspace, type WhyAnswer, whyOf } from '../../app/index.ts';
import { createLogger, systemClock } from '../../platform/index.ts';
import { problemsText } from './check.ts';
import type { Terminal } from './terminal.ts';
import type { ToolCommand } from './tool-command.ts';

type WhyCommand = Extract<ToolCommand, { kind: 'why' }>;

/**
 * `midwatch why`: what each stage said of an alert. Exit status 0 where one was found, 1 where none or several fit, and
 * where the workspace or its log cannot be read.
 */
export async function why(command: WhyCommand, terminal: Terminal): Promise<number> {
  const { workspace, problems } = await checkWorkspace(
    command.workspace,
    systemClock(),
    createLogger('warn'),
  );
  if (!workspace) {
    terminal.complain(problemsText(problems));
    return 1;
  }
  const answer = whyOf({ ...command, workspaceId: workspace.id });
  if (command.json) terminal.say(JSON.stringify(answer, null, 2));
  else if (answer.kind === 'one') terminal.say(linesOf(answer).join('\n'));
  else terminal.complain(notOne(command.alert, answer));
  return answer.kind === 'one' ? 0 : 1;
}

function linesOf({ alert, verdicts }: Extract<WhyAnswer, { kind: 'one' }>): string[] {
  const said = verdicts.map(
    ({ at, stage, outcome, reason, definedAt }) =>
      `  ${utc(at)}  ${stage.padEnd(11)} ${outcome.padEnd(10)} ${plain(reason)}${definedAt === null ? '' : ` [${plain(definedAt)}]`}`,
  );
  return [
    nameOf(alert),
    `  rule ${plain(alert.ruleId)} in ${plain(alert.definedAt)}; ${alert.phase}${alert.firedAt === null ? ', never fired' : `, fired last ${utc(alert.firedAt)}`}; told last: ${alert.receivers.map(plain).join(', ') || 'nobody'}`,
    ...(said.length === 0 ? ['  No verdict in that time; what is older than 13 months is not kept.'] : said),
  ];
}

function notOne(wanted: string, answer: Exclude<WhyAnswer, { kind: 'one' }>): string {
  if (answer.kind === 'none')
    return `No alert fits ${JSON.stringify(wanted)}: give its id, the beginning of it, or words of its title, rule or service.`;
  return [
    `${answer.alerts.length} alerts fit ${JSON.stringify(wanted)}; name one by its id:`,
    ...answer.alerts.map((one) => `  ${nameOf(one)}`),
  ].join('\n');
}

function nameOf({ id, priority, service, title }: Alert): string {
  return `${id}  ${priority} ${plain(service)}: ${plain(title)}`;
}

/** Text of labels must not move a terminal's cursor. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_C}]/gu, ' ');
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}
