import { stringify } from 'yaml';
import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { RuleDefinition } from '../../shared/config/workspace.ts';
import type { Objective, PolicyRow } from '../../shared/model/objective.ts';
import { promDuration } from '../../shared/unit/time.ts';
import { type ObjectivePlan, planObjective, policyNamed } from '../slo/index.ts';
import { openSloOf } from './export-openslo.ts';
import { countQueries } from './indicator-query.ts';

/** One rule of Prometheus, recording or alerting. */
interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface RuleExport {
  readonly text: string;
  /** What the rules cannot say, by `file:line`. */
  readonly left: readonly string[];
}

/** The annotation that carries an exported objective's document, so that an import makes the same objective again. */
export const DOCUMENT_ANNOTATION = 'midwatch_openslo';

const MINIMUM_BAD_SLICES = 3;
const SEVERITY = { P0: 'critical', P1: 'error', P2: 'warning', P3: 'info' } as const;

/**
 * Rules for Prometheus that decide as Midwatch does: counts and burn of each window are recorded, each row's alert is
 * `and` its minimums and `unless` a higher row; minimums gate the start alone, so a firing alert goes on without them.
 */
export function exportRules(
  objectives: readonly Objective[],
  policies: readonly PolicyConfig[],
  rules: readonly RuleDefinition[],
): RuleExport {
  const left: string[] = [];
  const groups: { name: string; rules: Rule[] }[] = [];
  for (const objective of objectives) {
    const plan = planObjective(objective, policyNamed(policies, objective.policy));
    const usable = plan.rows.filter((row) => row.leftOut === null);
    for (const row of plan.rows)
      if (row.leftOut !== null) left.push(`${objective.definedAt}: row ${row.name}: ${row.leftOut}`);
    if (usable.length === 0) {
      left.push(`${objective.definedAt}: no row of the policy can fire, so nothing is exported of it.`);
      continue;
    }
    if (objective.calendar)
      left.push(
        `${objective.definedAt}: a calendar period's thresholds follow its real length; exported are those of its usual one.`,
      );
    if (objective.wake?.policy === 'budget')
      left.push(
        `${objective.definedAt}: wake: budget cannot be said in rules; the exported alert always wakes.`,
      );
    if (objective.when)
      left.push(
        `${objective.definedAt}: when and deployed-within or -before cannot be said in rules; the exported alert fires without them.`,
      );
    groups.push({ name: `midwatch-slo-${objective.id}`, rules: objectiveRules(objective, plan, usable) });
  }
  for (const [name, of] of Map.groupBy(rules, (one) => one.group))
    groups.push({ name, rules: of.map(({ rule }) => plainRule(rule)) });
  return { text: stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false }), left };
}

function objectiveRules(objective: Objective, plan: ObjectivePlan, usable: readonly PolicyRow[]): Rule[] {
  const windows = [...new Set(usable.flatMap((row) => [row.shortMs, row.longMs]))].sort((a, b) => a - b);
  const recorded = windows.flatMap((windowMs) => windowRules(objective, windowMs));
  const rows = usable.flatMap((row) => rowRules(objective.id, plan, row));
  const was = usable.map((row) => wasFiringRule(objective.id, row));
  // What was comes first: it looks at what the rules behind it found the time before.
  return [...was, ...recorded, ...rows, ...usable.map((row, at) => alertRule(objective, usable, row, at))];
}

/** The row that fired the time before: it goes on without the minimums, and while there are no events. */
function wasFiringRule(id: string, row: PolicyRow): Rule {
  const firing = { alertstate: 'firing', midwatch_objective: id, midwatch_row: row.name };
  return {
    record: 'midwatch:slo_alert:was_firing',
    expr: `max by (midwatch_objective) (ALERTS${selector(firing)})`,
    labels: { midwatch_objective: id, midwatch_row: row.name },
  };
}

function windowRules(objective: Objective, windowMs: number): Rule[] {
  const { bad, total } = countQueries(objective, windowMs);
  const labels = { midwatch_objective: objective.id, midwatch_window: promDuration(windowMs) };
  const at = selector(labels);
  const budget = 1 - objective.target;
  return [
    { record: 'midwatch:slo_total:count', expr: total, labels },
    { record: 'midwatch:slo_bad:count', expr: bad, labels },
    {
      record: 'midwatch:slo_burn:rate',
      expr: `clamp_max(midwatch:slo_bad:count${at} / midwatch:slo_total:count${at}, 1) / ${budget}`,
      labels,
    },
  ];
}

/** `over`: both windows are over the threshold. `passes`: and the minimums are met. */
function rowRules(id: string, plan: ObjectivePlan, row: PolicyRow): Rule[] {
  const window = (windowMs: number) =>
    selector({ midwatch_objective: id, midwatch_window: promDuration(windowMs) });
  const [long, short] = [window(row.longMs), window(row.shortMs)];
  const labels = { midwatch_objective: id, midwatch_row: row.name };
  const over = `midwatch:slo_burn:rate${long} > ${row.threshold} and on (midwatch_objective) midwatch:slo_burn:rate${short} > ${row.threshold}`;
  const failures = `round(midwatch:slo_bad:count${long}) >= ${plan.unit === 'slices' ? MINIMUM_BAD_SLICES : plan.minimumFailures}`;
  const share = `midwatch:slo_bad:count${short} / midwatch:slo_total:count${short} >= 0.5`;
  const events = `(round(midwatch:slo_total:count${short}) >= ${plan.minimumEvents} or ${share})`;
  const minimums = plan.unit === 'slices' ? [failures] : [failures, events];
  return [
    { record: 'midwatch:slo_row:over', expr: `max by (midwatch_objective) (${over})`, labels },
    {
      record: 'midwatch:slo_row:passes',
      expr: [`midwatch:slo_row:over${selector(labels)}`, ...minimums].join(' and on (midwatch_objective) '),
      labels,
    },
  ];
}

function alertRule(objective: Objective, usable: readonly PolicyRow[], row: PolicyRow, at: number): Rule {
  const labels = { midwatch_objective: objective.id, midwatch_row: row.name };
  const of = (record: string, rows: readonly PolicyRow[]) =>
    `${record}{midwatch_objective=${JSON.stringify(objective.id)},midwatch_row=~${JSON.stringify(rows.map((one) => one.name).join('|'))}}`;
  const higher = usable.slice(0, at);
  const unless = (record: string, rows: readonly PolicyRow[]) =>
    rows.length === 0 ? '' : ` unless on (midwatch_objective) ${of(record, rows)}`;
  const starts = `midwatch:slo_row:passes${selector(labels)}${unless('midwatch:slo_row:passes', higher)}`;
  const was = `midwatch:slo_alert:was_firing{midwatch_objective=${JSON.stringify(objective.id)}}`;
  // Without events in the shortest window nobody knows whether it burns; a row that is over all the same takes it on.
  const shortestMs = Math.min(...usable.map((one) => one.shortMs));
  const shortest = selector({
    midwatch_objective: objective.id,
    midwatch_window: promDuration(shortestMs),
  });
  const unknown = `midwatch:slo_alert:was_firing${selector(labels)} unless on (midwatch_objective) midwatch:slo_burn:rate${shortest} >= 0${unless('midwatch:slo_row:over', usable)}`;
  const goesOn = `midwatch:slo_row:over${selector(labels)} and on (midwatch_objective) ${was}${unless('midwatch:slo_row:over', higher)}${unless('midwatch:slo_row:passes', usable)}`;
  const document = at === 0 ? { [DOCUMENT_ANNOTATION]: JSON.stringify(openSloOf(objective)) } : {};
  return {
    alert: 'MidwatchBurn',
    expr: `(${starts}) or (${goesOn}) or (${unknown})`,
    labels: {
      midwatch_objective: objective.id,
      midwatch_row: row.name,
      service: objective.service,
      priority: row.priority,
      severity: SEVERITY[row.priority],
    },
    annotations: {
      summary: `${objective.title} is burning its budget: over ${row.threshold}x in ${promDuration(row.longMs)} and ${promDuration(row.shortMs)}`,
      ...document,
    },
  };
}

function plainRule({ alert, expr, labels, annotations, ...rest }: RuleDefinition['rule']): Rule {
  return {
    alert,
    expr,
    ...(rest.for === undefined ? {} : { for: rest.for }),
    ...(rest.keep_firing_for === undefined ? {} : { keep_firing_for: rest.keep_firing_for }),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
  };
}

function selector(labels: Readonly<Record<string, string>>): string {
  const matchers = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${matchers.join(',')}}`;
}
