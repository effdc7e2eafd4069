import type { IndicatorPart } from '../../shared/config/objective.ts';
import type { ConditionConfig, StepConfig } from '../../shared/config/playbook.ts';
import { CodedError } from '../../shared/error/coded.ts';
import { placeholderNames } from '../action/index.ts';
import { maintenanceProblem, resolveAtProblem } from '../alert/index.ts';
import { compilePattern } from '../platform/index.ts';
import { checkBoard } from './board.ts';
import { checkRouting } from './check-routing.ts';
import { checkSlo } from './check-slo.ts';
import { type CheckExpression, type Checker, checker, type Names, unknown } from './checker.ts';
import type { Configuration } from './configuration.ts';
import type { Problem } from './problem.ts';
import { checkUnfit } from './unfit.ts';
import { unknownVariable, variablesIn } from './variables.ts';
import { say, type Written } from './written.ts';

/** Whether the parts fit together: names that are known, expressions that can be read, nothing defined twice. */
export function crossCheck(
  found: Configuration,
  names: Names,
  checkExpression: CheckExpression,
  findIndicator: (name: string) => IndicatorPart | undefined,
  problems: Problem[],
): void {
  const check = checker(names, checkExpression, problems);
  if (found.midwatch) checkRouting(found.midwatch, problems);
  checkRelabelling(found, problems);
  checkMaintenance(found, check, problems);
  unique(found.services, (one) => one.id, ['id'], 'service', problems);
  for (const written of found.services)
    for (const [at, id] of written.config.depends_on.entries()) {
      if (id === written.config.id)
        say(problems, written, ['depends_on', at], 'expected another service than itself');
      else check.service(written, ['depends_on', at], id);
    }
  for (const written of found.slos) checkSlo(written, check, names, findIndicator, problems);
  unique(found.rules, (one) => `${one.group}/${one.rule.alert}`, ['alert'], 'rule', problems);
  for (const written of found.rules) {
    const { expr, labels, annotations } = written.config.rule;
    const source = check.source(written, ['annotations', 'source'], annotations.source);
    check.expression(written, ['expr'], expr, source);
    if (annotations.when !== undefined)
      check.expression(written, ['annotations', 'when'], annotations.when, source);
    const resolveAt = annotations.resolve_at;
    const wrong = resolveAt === undefined ? null : resolveAtProblem(expr, Number(resolveAt));
    if (wrong !== null) say(problems, written, ['annotations', 'resolve_at'], wrong);
    if (labels.service !== undefined) check.service(written, ['labels', 'service'], labels.service);
  }
  unique(found.detectors, (one) => one.id, ['id'], 'detector', problems);
  for (const written of found.detectors) {
    const { service, source, query, when } = written.config;
    check.service(written, ['service'], service);
    const asked = check.source(written, ['source'], source);
    check.expression(written, ['query'], query, asked);
    if (when !== undefined) check.expression(written, ['when'], when, asked);
  }
  for (const written of found.boards) checkBoard(written, check);
  for (const written of found.unfit) checkUnfit(written, check, problems);
  unique(found.playbooks, (one) => one.id, ['id'], 'playbook', problems);
  for (const written of found.playbooks) {
    for (const [at, id] of written.config.services.entries()) check.service(written, ['services', at], id);
    for (const [at, id] of written.config.objectives.entries())
      if (names.objectives && !names.objectives.has(id))
        say(problems, written, ['objectives', at], unknown('objective', id, [...names.objectives]));
    checkSteps(written, written.config.diagnosis_steps, 'diagnosis_steps', check, names, problems);
    checkSteps(written, written.config.mitigation_actions, 'mitigation_actions', check, names, problems);
    uniqueSteps(written, problems);
  }
}

function checkMaintenance({ midwatch }: Configuration, check: Checker, problems: Problem[]): void {
  if (!midwatch) return;
  const seen = new Set<string>();
  for (const [at, config] of midwatch.config.maintenance.entries()) {
    const path = ['maintenance', at];
    const problem = maintenanceProblem(config);
    if (problem) say(problems, midwatch, [...path, problem.key], problem.message);
    for (const [place, id] of config.services.entries())
      check.service(midwatch, [...path, 'services', place], id);
    if (seen.has(config.id))
      say(
        problems,
        midwatch,
        [...path, 'id'],
        `expected another name; ${config.id} is taken by a window above`,
      );
    seen.add(config.id);
  }
}

function checkSteps(
  written: Written<unknown>,
  steps: readonly StepConfig[],
  section: string,
  check: Checker,
  names: Names,
  problems: Problem[],
): void {
  const condition = (path: readonly PropertyKey[], config: ConditionConfig | undefined): void => {
    if (!config) return;
    const source = check.source(written, [...path, 'source'], config.source);
    check.expression(written, [...path, 'query'], config.query, source);
  };
  for (const [at, step] of steps.entries()) {
    const path = [section, at];
    condition([...path, 'condition'], step.condition);
    condition([...path, 'check'], step.check);
    condition([...path, 'indicates', 'when'], step.indicates?.when);
    condition([...path, 'verify'], step.verify);
    for (const part of ['http', 'undo'] as const) {
      const request = step[part];
      if (!request) continue;
      placeholders(written, [...path, part, 'url'], request.url, names, problems);
      for (const [name, value] of Object.entries(request.headers))
        placeholders(written, [...path, part, 'headers', name], value, names, problems);
      if (request.json !== undefined)
        placeholders(written, [...path, part, 'json'], JSON.stringify(request.json), names, problems);
    }
  }
}

function placeholders(
  written: Written<unknown>,
  path: readonly PropertyKey[],
  text: string,
  names: Names,
  problems: Problem[],
): void {
  for (const name of variablesIn(text))
    if (names.vars && !names.vars.includes(name))
      say(problems, written, path, unknownVariable(name, names.vars));
  if (placeholderNames(text).includes(null))
    say(
      problems,
      written,
      path,
      `expected a placeholder that can be filled; write \${vars.NAME}, \${incident.service}, \${run.id}, \${env:NAME} or \${file:PATH}`,
    );
}

function checkRelabelling({ midwatch }: Configuration, problems: Problem[]): void {
  for (const [at, source] of midwatch?.config.sources.entries() ?? []) {
    if (!midwatch || source.kind !== 'exposition') continue;
    for (const [rule, { regex }] of source.metricRelabel.entries()) {
      try {
        compilePattern(regex);
      } catch (thrown) {
        if (!(thrown instanceof CodedError)) throw thrown;
        const path = ['sources', at, 'metric_relabel', rule, 'regex'];
        say(problems, midwatch, path, `expected an expression in RE2 syntax: ${thrown.message}`);
      }
    }
  }
}

/** Run steps are found by their id, so it is one of a kind in the whole playbook. */
function uniqueSteps(written: Configuration['playbooks'][number], problems: Problem[]): void {
  const seen = new Set<string>();
  for (const section of ['diagnosis_steps', 'mitigation_actions'] as const)
    for (const [at, step] of written.config[section].entries()) {
      if (seen.has(step.id))
        say(
          problems,
          written,
          [section, at, 'id'],
          `expected an id of its own; ${JSON.stringify(step.id)} is another step of this playbook`,
        );
      seen.add(step.id);
    }
}

export function unique<T>(
  all: readonly Written<T>[],
  idOf: (config: T) => string,
  path: readonly PropertyKey[],
  what: string,
  problems: Problem[],
): void {
  const first = new Map<string, Written<T>>();
  for (const written of all) {
    const id = idOf(written.config);
    const other = first.get(id);
    if (other)
      say(
        problems,
        written,
        path,
        `expected an id of its own; the ${what} ${JSON.stringify(id)} stands already in ${other.file}:${other.located.line}`,
      );
    else first.set(id, written);
  }
}
