import type {
  ConditionConfig,
  PlaybookFile,
  RequestConfig,
  StepConfig,
} from '../../shared/config/playbook.ts';
import type { Condition, HttpRequest, Playbook, PlaybookStep } from '../../shared/model/playbook.ts';
import { definedAt, type Written } from './written.ts';

/** A playbook as its runs take it. `source` is where conditions are asked that name none. */
export function playbookOf(written: Written<PlaybookFile>, source: string | undefined): Playbook {
  const { id, title, description, services, objectives, diagnosis_steps, mitigation_actions } =
    written.config;
  return {
    id,
    title,
    description,
    services,
    objectives,
    diagnosis: diagnosis_steps.map((step) => stepOf(step, source)),
    mitigation: mitigation_actions.map((step) => stepOf(step, source)),
    definedAt: definedAt(written),
  };
}

function stepOf(config: StepConfig, source: string | undefined): PlaybookStep {
  const condition = (one: ConditionConfig): Condition => conditionOf(one, source);
  const base = {
    id: config.id,
    title: config.title,
    ...(config.condition === undefined ? {} : { condition: condition(config.condition) }),
    timeoutMs: config.timeout,
    retryable: config.retryable,
    ...(config.verify === undefined ? {} : { verify: condition(config.verify) }),
    ...(config.expect === undefined ? {} : { expect: config.expect }),
  };
  if (config.http !== undefined)
    return {
      ...base,
      kind: 'http',
      request: requestOf(config.http),
      ...(config.confirm === undefined ? {} : { confirm: config.confirm }),
      ...(config.undo === undefined ? {} : { undo: requestOf(config.undo) }),
    };
  if (config.check !== undefined) {
    const check = condition(config.check);
    const when = config.indicates?.when;
    return {
      ...base,
      kind: 'check',
      check,
      ...(config.indicates === undefined
        ? {}
        : {
            indicates: { cause: config.indicates.cause, when: when === undefined ? check : condition(when) },
          }),
    };
  }
  return { ...base, kind: 'manual', instruction: config.manual ?? '' };
}

function conditionOf(config: ConditionConfig, source: string | undefined): Condition {
  const asked = config.source ?? source;
  return { query: config.query, is: config.is, ...(asked === undefined ? {} : { source: asked }) };
}

function requestOf(config: RequestConfig): HttpRequest {
  const body = config.json === undefined ? config.text : JSON.stringify(config.json);
  return {
    method: config.method,
    url: config.url,
    headers: config.headers,
    ...(body === undefined ? {} : { body }),
    expectStatus: config.expect_status ?? [200, 201, 202, 204],
  };
}
