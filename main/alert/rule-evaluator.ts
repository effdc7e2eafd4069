import type { Alert } from '../../shared/model/alert.ts';
import type { InstantSample, Labels, QueryError, QueryTarget } from '../../shared/model/metric.ts';
import type { Finding, Observation } from '../../shared/model/observation.ts';
import { formatPercent, formatSignificant } from '../../shared/unit/number.ts';
import type { AlertRule } from './alert-rule.ts';
import { holdBack } from './holding-back.ts';
import { type ConditionDeps, readCondition } from './rule-condition.ts';
import { compares, splitThreshold, type Threshold } from './threshold.ts';

export interface RuleEvaluatorDeps extends ConditionDeps {
  /** The metrics of a source by its id; null where there is no such source. */
  readonly target: (sourceId: string) => QueryTarget | null;
}

export interface RuleEvaluator {
  /** `known`: the alerts as they are now, so that a series that vanished is noticed, also after a restart. */
  evaluate(rules: readonly AlertRule[], at: number, known: readonly Alert[]): Promise<Observation[]>;
}

/** A rule that matches every series of a fleet is a mistake; each of them would be a page. */
const MAX_SERIES = 1_000;

/** Plain PromQL rules: each series of the result is one alert. Keeps no state of its own. */
export function createRuleEvaluator(deps: RuleEvaluatorDeps): RuleEvaluator {
  // Parsed once a rule, not at each poll; a reload brings new rules, and the old ones' entries go with them.
  const thresholds = new WeakMap<AlertRule, { readonly threshold: Threshold | null }>();
  const thresholdOf = (rule: AlertRule) => {
    const known = thresholds.get(rule) ?? { threshold: splitThreshold(rule.expression) };
    thresholds.set(rule, known);
    return known.threshold;
  };
  return {
    async evaluate(rules, at, known) {
      const active = known.filter((one) => one.phase !== 'inactive' && one.phase !== 'resolved');
      const answers = await Promise.all(
        rules.map((rule) =>
          evaluateRule(
            rule,
            at,
            active.filter((one) => one.ruleId === rule.id),
            { ...deps, thresholdOf },
          ),
        ),
      );
      return answers.flat();
    },
  };
}

async function evaluateRule(
  rule: AlertRule,
  at: number,
  active: readonly Alert[],
  deps: RuleEvaluatorDeps & { readonly thresholdOf: (rule: AlertRule) => Threshold | null },
): Promise<Observation[]> {
  const observe = (labels: Labels, finding: Finding) => observation(rule, at, labels, finding);
  const target = deps.target(rule.source);
  if (!target) {
    const reason = `The rule asks the source ${rule.source}, which is not in the configuration.`;
    return undecided(rule, active, { kind: 'error', reason }, observe);
  }
  const threshold = rule.watchdog ? null : deps.thresholdOf(rule);
  const [answer, heldBack] = await Promise.all([
    target.instant(threshold?.measured ?? rule.expression, at),
    readCondition(rule.when, target, at, deps),
  ]);
  if (!answer.ok) return undecided(rule, active, failure(answer.error), observe);
  if (answer.value.kind === 'scalar') {
    const reason = 'The expression gives one number instead of series; compare series, or use vector().';
    return undecided(rule, active, { kind: 'error', reason }, observe);
  }
  const { samples } = answer.value;
  if (samples.length > MAX_SERIES) {
    const reason = `${samples.length} series, over the limit of ${MAX_SERIES} a rule; aggregate them.`;
    return undecided(rule, active, { kind: 'error', reason }, observe);
  }
  const observeWhen: Observe = (labels, finding) => holdBack(observe(labels, finding), heldBack);
  if (rule.watchdog) return [observeWhen(rule.labels, heartbeat(samples.length))];
  return decided(rule, samples, threshold, active, observeWhen);
}

/** A watchdog is turned round: its result is the heartbeat, and what alerts is its absence. */
function heartbeat(series: number): Finding {
  return series > 0
    ? { kind: 'clear', value: series, threshold: null, reason: 'The heartbeat is there.' }
    : {
        kind: 'holds',
        value: 0,
        threshold: null,
        reason: 'The heartbeat is gone: its expression has no result.',
      };
}

type Observe = (labels: Labels, finding: Finding) => Observation;

/** The rule knows nothing: one alert for the rule, and its active alerts stay as they are. */
function undecided(
  rule: AlertRule,
  active: readonly Alert[],
  finding: Finding,
  observe: Observe,
): Observation[] {
  const own = observe(rule.labels, finding);
  const blind: Finding = { kind: 'blind', reason: `its rule could not be evaluated: ${finding.reason}` };
  const others = active.filter((one) => key(one.labels) !== key(own.labels));
  return [
    own,
    ...others.map((one) => ({ ...observe(rule.labels, blind), labels: one.labels, service: one.service })),
  ];
}

function decided(
  rule: AlertRule,
  samples: readonly InstantSample[],
  threshold: Threshold | null,
  active: readonly Alert[],
  observe: Observe,
): Observation[] {
  const seen = samples.map((sample) =>
    observe(sample.labels, findingOf(sample.value, threshold, rule.resolveAt)),
  );
  const present = new Set(seen.map((one) => key(one.labels)));
  const own = observe(rule.labels, { kind: 'no-data', reason: 'No series matches the expression.' });
  const ownKey = key(own.labels);
  const vanished = active
    .filter((one) => !present.has(key(one.labels)) && key(one.labels) !== ownKey)
    .map((one) => ({
      ...observe(one.labels, vanishedFinding(threshold)),
      labels: one.labels,
      service: one.service,
    }));
  if (present.has(ownKey)) return [...seen, ...vanished];
  const ownActive = active.some((one) => key(one.labels) === ownKey);
  if (threshold === null || samples.length > 0 || vanished.length > 0) {
    // Data are back, or a series says it already: the rule itself has nothing to say.
    const back: Finding = {
      kind: 'clear',
      value: null,
      threshold: null,
      reason: 'The expression is evaluated.',
    };
    return [...seen, ...vanished, ...(ownActive ? [{ ...own, finding: back }] : [])];
  }
  return [own];
}

function findingOf(value: number, threshold: Threshold | null, resolveAt: number | null): Finding {
  if (threshold === null) {
    const reason = `The expression holds, its value is ${formatSignificant(value)}.`;
    return Number.isNaN(value)
      ? {
          kind: 'holds',
          value: 0,
          threshold: null,
          reason: 'The expression holds; its value is not a number.',
        }
      : { kind: 'holds', value, threshold: null, reason };
  }
  if (Number.isNaN(value)) return { kind: 'no-data', reason: 'The value is not a number, which is no data.' };
  const limit = `${threshold.comparison} ${formatSignificant(threshold.value)}`;
  const measured = { value, threshold: threshold.value };
  if (compares(value, threshold))
    return { kind: 'holds', ...measured, reason: `${formatSignificant(value)} ${limit}` };
  const end = resolveAt === null ? threshold : { ...threshold, value: resolveAt };
  return compares(value, end)
    ? {
        kind: 'between',
        ...measured,
        reason: `${formatSignificant(value)}, not ${limit}; it ends when it is not ${end.comparison} ${formatSignificant(end.value)}`,
      }
    : { kind: 'clear', ...measured, reason: `${formatSignificant(value)}, not ${limit}` };
}

/** Under a threshold a series that is gone is *no data*; a whole expression cannot tell, and PromQL calls it over. */
function vanishedFinding(threshold: Threshold | null): Finding {
  return threshold === null
    ? {
        kind: 'clear',
        value: null,
        threshold: null,
        reason: 'The series is no longer in the result. This expression cannot tell over from gone.',
      }
    : {
        kind: 'no-data',
        reason: 'The series is gone. If that is expected, set the annotation no_data: ok on the rule.',
      };
}

function failure(error: QueryError): Finding {
  switch (error.code) {
    case 'unreachable':
    case 'unauthorised':
    case 'wrong-answer':
    case 'cancelled':
    case 'blind':
      return { kind: 'blind', reason: error.message };
    case 'parse':
    case 'unsupported':
    case 'execution':
    case 'limit':
    case 'timeout':
      return { kind: 'error', reason: error.message };
  }
}

function observation(rule: AlertRule, at: number, series: Labels, finding: Finding): Observation {
  const { __name__: _metric, ...rest } = series;
  const labels = { ...rest, ...rule.labels, alertname: rule.name };
  return {
    ruleId: rule.id,
    kind: 'rule',
    labels,
    service: rule.service ?? series.service ?? 'unknown',
    priority: rule.priority,
    title: render(rule.summary, series, finding),
    definedAt: rule.definedAt,
    at,
    finding,
    forMs: rule.forMs,
    keepFiringForMs: rule.keepFiringForMs,
    onNoData: rule.onNoData,
    onError: rule.onError,
    failingShare: null,
    objectiveId: null,
  };
}

/** The two placeholders that nearly all summaries use; anything else stays as it is written. */
function render(summary: string, series: Labels, finding: Finding): string {
  const value = 'value' in finding ? finding.value : null;
  return summary
    .replace(/\{\{\s*\$labels\.([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}/g, (_all, name: string) => series[name] ?? '')
    .replace(/\{\{\s*\$value\s*(?:\|\s*([a-zA-Z]+)\s*)?\}\}/g, (_all, pipe: string | undefined) => {
      if (value === null) return 'no value';
      return pipe === 'humanizePercentage' ? formatPercent(value) : formatSignificant(value);
    });
}

function key(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
