import { BusinessHoursConfig } from '../../../shared/config/routing.ts';
import type { FiringCondition } from '../../../shared/model/firing-condition.ts';
import type { Wake } from '../../../shared/model/objective.ts';
import { Priority } from '../../../shared/model/priority.ts';
import { DAY_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { WORKDAY_AT } from '../alerting.ts';
import type { Load, Script, Setup, Step } from './language.ts';
import { parseEscalation, parseSchedule } from './parse-escalation.ts';
import { parseMaintenance } from './parse-maintenance.ts';
import { parseFlapping, parsePair, parseRateLimit } from './parse-routing.ts';
import { parseAction, parseExpectation } from './parse-step.ts';
import { WordReader } from './words.ts';

export const SOURCE = 'prom';

/**
 * Reads one script. A line is a setting, a `load` with its indented series, or a step with its time (`at 5m …`, or
 * `from 0m to 5m expect …`, which must hold after each poll in between). `#` begins a comment.
 */
export function parseScenario(file: string, text: string): Script {
  const setup: Setup = {
    startAt: WORKDAY_AT,
    pollMs: 15 * SECOND_MS,
    tickMs: SECOND_MS,
    loads: [],
    services: [],
    objectives: [],
    rules: [],
    detectors: [],
    maintenance: [],
    pairs: [],
    routing: {},
  };
  const steps: Step[] = [];
  let load: { lines: string[] } | null = null;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    if (/^\s/.test(raw) && load) {
      load.lines.push(trimmed);
      continue;
    }
    const reader = new WordReader(trimmed, { file, line });
    load = null;
    const step = parseStep(reader, line);
    if (step) {
      const before = steps.at(-1);
      if (before && step.atMs < before.atMs) reader.fail('steps must stand in the order of their times');
      steps.push(step);
    } else if (reader.peek() === 'load') {
      const begun = parseLoad(reader);
      load = begun;
      setup.loads.push(begun);
    } else parseSetting(reader, setup, line);
    reader.end();
  }
  return { file, setup, steps };
}

function parseStep(reader: WordReader, line: number): Step | null {
  if (reader.take('at')) {
    const atMs = reader.durationMs('a time');
    const what = reader.take('expect')
      ? ({ kind: 'expect', expectation: parseExpectation(reader) } as const)
      : ({ kind: 'action', action: parseAction(reader) } as const);
    return { line, atMs, untilMs: atMs, what };
  }
  if (!reader.take('from')) return null;
  const atMs = reader.durationMs('a time');
  if (!reader.take('to')) reader.fail('expected "to" and a later time');
  const untilMs = reader.durationMs('a later time');
  if (!reader.take('expect')) reader.fail('expected "expect"');
  return { line, atMs, untilMs, what: { kind: 'expect', expectation: parseExpectation(reader) } };
}

function parseLoad(reader: WordReader): Load & { lines: string[] } {
  reader.take('load');
  const stepMs = reader.durationMs('the distance of samples');
  const fromMs = reader.take('from') ? reader.durationMs('a time') : 0;
  const by = reader.take('by') ? reader.word('a source') : null;
  return { stepMs, fromMs, by, lines: [] };
}

function parseSetting(reader: WordReader, setup: Setup, line: number): void {
  const definedAt = `scenario:${line}`;
  const what = reader.word('a setting');
  switch (what) {
    case 'start':
      setup.startAt = Date.parse(reader.word('an instant'));
      if (Number.isNaN(setup.startAt)) reader.fail('expected an instant such as 2026-01-14T10:00:00Z');
      return;
    case 'poll':
      setup.pollMs = reader.durationMs('the distance of polls');
      return;
    case 'tick':
      setup.tickMs = reader.durationMs('the distance of ticks');
      return;
    case 'service':
      return void setup.services.push(parseService(reader));
    case 'objective':
      return void setup.objectives.push(parseObjective(reader, definedAt));
    case 'rule':
      return void setup.rules.push(parseRule(reader, definedAt));
    case 'detector':
      return void setup.detectors.push(parseDetector(reader, definedAt));
    case 'business':
      setup.routing.business_hours = parseBusinessHours(reader);
      return;
    case 'maintenance':
      return void setup.maintenance.push(parseMaintenance(reader, definedAt));
    case 'escalation':
      return void parseEscalation(reader, setup.routing);
    case 'schedule':
      return void parseSchedule(reader, setup.routing);
    case 'pair':
      return void setup.pairs.push(parsePair(reader));
    case 'flapping':
      setup.routing.flapping = parseFlapping(reader);
      return;
    case 'rate':
      setup.routing.rate_limit = parseRateLimit(reader);
      return;
    case 'routing': {
      const key = reader.oneOf('a key of routing', [
        'group_wait',
        'group_interval',
        'repeat_interval',
        'causal_window',
        'storm_limit',
      ]);
      setup.routing[key] = key === 'storm_limit' ? reader.number('a limit') : reader.word('a duration');
      return;
    }
    default:
      reader.fail(`"${what}" is no setting`);
  }
}

function parseService(reader: WordReader): Setup['services'][number] {
  const id = reader.word('a name');
  const tier = reader.take('tier') ? reader.number('the tier') : 3;
  const dependsOn = reader.take('depends', 'on') ? reader.list('services') : [];
  return { id, title: id, owner: `team-${id}`, tier, dependsOn, links: {} };
}

function parseObjective(reader: WordReader, definedAt: string): Setup['objectives'][number] {
  const id = reader.word('a name');
  const found = { service: id, target: 99.9, total: '', policy: 'midwatch', periodMs: 28 * DAY_MS };
  const part: { bad?: string; good?: string } = {};
  let when = ALWAYS;
  let wake: Wake = { policy: 'always', floor: 0.25 };
  while (!reader.done) {
    const condition = parseCondition(reader);
    if (condition) {
      when = { ...when, ...condition };
      continue;
    }
    const key = reader.oneOf('a property', [
      'service',
      'target',
      'bad',
      'good',
      'total',
      'policy',
      'period',
      'wake',
    ]);
    if (key === 'wake') wake = { policy: reader.oneOf('when it wakes', ['always', 'budget']), floor: 0.25 };
    else if (key === 'target') found.target = reader.number('the target in percent');
    else if (key === 'period') found.periodMs = reader.durationMs('the period');
    else if (key === 'bad' || key === 'good') part[key] = reader.word('a selector');
    else found[key] = reader.word(`the ${key}`);
  }
  const { service, total, policy, periodMs } = found;
  return {
    id,
    title: id,
    service,
    source: SOURCE,
    kind: 'availability',
    indicator: { ...part, total },
    target: Number((found.target / 100).toPrecision(12)),
    periodMs,
    policy,
    when,
    wake,
    definedAt,
  };
}

function parseRule(reader: WordReader, definedAt: string): Setup['rules'][number] {
  const id = reader.word('a name');
  const found = { name: id, forMs: 0, keepFiringForMs: 0, priority: 'P1' as Priority, service: '' };
  const unknown = { onNoData: 'alert' as const, onError: 'alert' as const };
  const policies = ['keep', 'alert', 'ok'] as const;
  let onNoData: (typeof policies)[number] = unknown.onNoData;
  let resolveAt: number | null = null;
  let when = ALWAYS;
  let watchdog = false;
  for (;;) {
    const condition = parseCondition(reader);
    if (condition) {
      when = { ...when, ...condition };
      continue;
    }
    const key = reader.oneOf('a property', [
      'named',
      'for',
      'keep',
      'priority',
      'service',
      'no_data',
      'resolve',
      'watchdog',
      'expr',
    ]);
    if (key === 'named') found.name = reader.word('the name of its alert');
    else if (key === 'for') found.forMs = reader.durationMs('for');
    else if (key === 'keep') found.keepFiringForMs = reader.durationMs('keep_firing_for');
    else if (key === 'priority') found.priority = priorityOf(reader);
    else if (key === 'service') found.service = reader.word('a service');
    else if (key === 'watchdog') watchdog = true;
    else if (key === 'resolve') resolveAt = reader.number('a value');
    else if (key === 'no_data') onNoData = reader.oneOf('a policy', policies);
    else break;
  }
  return {
    id: `scenario/${id}`,
    expression: reader.rest('an expression'),
    source: SOURCE,
    labels: {},
    summary: id,
    definedAt,
    ...found,
    service: found.service || null,
    ...unknown,
    onNoData,
    resolveAt,
    when,
    watchdog,
  };
}

function parseDetector(reader: WordReader, definedAt: string): Setup['detectors'][number] {
  const id = reader.word('a name');
  const found = { window: 20, threshold: 3, rebaseAfter: 20, priority: 'P2' as Priority, service: id };
  let persistence = { flagged: 3, of: 5 };
  let when = ALWAYS;
  for (;;) {
    const condition = parseCondition(reader);
    if (condition) {
      when = { ...when, ...condition };
      continue;
    }
    const key = reader.oneOf('a property', [
      'service',
      'window',
      'threshold',
      'persistence',
      'rebase',
      'priority',
      'query',
    ]);
    if (key === 'query') break;
    if (key === 'service') found.service = reader.word('a service');
    else if (key === 'priority') found.priority = priorityOf(reader);
    else if (key === 'persistence') {
      const flagged = reader.number('flagged points');
      if (!reader.take('of')) reader.fail('expected "of"');
      persistence = { flagged, of: reader.number('points') };
    } else found[key === 'rebase' ? 'rebaseAfter' : key] = reader.number(key);
  }
  const query = reader.rest('a query');
  return {
    id,
    title: id,
    source: SOURCE,
    query,
    unit: '',
    algorithm: 'zscore',
    ...found,
    persistence,
    when,
    definedAt,
  };
}

const ALWAYS: FiringCondition = { expression: null, deployedWithinMs: null, deployedBeforeMs: null };

/** `when "sum(x) > 5"`, `deployed within 30m`, `deployed before 30m`; null where there is none of them. */
function parseCondition(reader: WordReader): Partial<FiringCondition> | null {
  if (reader.take('when')) return { expression: reader.word('a quoted expression').replaceAll('"', '') };
  if (reader.take('deployed', 'within')) return { deployedWithinMs: reader.durationMs('a duration') };
  return reader.take('deployed', 'before') ? { deployedBeforeMs: reader.durationMs('a duration') } : null;
}

function parseBusinessHours(reader: WordReader): unknown {
  if (!reader.take('hours')) reader.fail('expected "hours"');
  const days = reader.list('days such as mon, tue');
  const [from, to] = reader.word('hours such as 09:00-17:00').split('-');
  const time_zone = reader.word('a time zone');
  const holidays = reader.take('holidays') ? reader.list('dates') : [];
  return BusinessHoursConfig.parse({ days, from, to, time_zone, holidays });
}

function priorityOf(reader: WordReader): Priority {
  const found = Priority.safeParse(reader.word('a priority'));
  return found.success ? found.data : reader.fail('expected P0, P1, P2 or P3');
}
