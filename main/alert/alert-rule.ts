import type { AlertRuleConfig, AlertRuleFile } from '../../shared/config/alert-rule.ts';
import { type FiringCondition, readFiringCondition } from '../../shared/model/firing-condition.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { DataPolicy } from '../../shared/model/observation.ts';
import { Priority } from '../../shared/model/priority.ts';
import { parseDuration } from '../../shared/unit/time.ts';

/** A plain rule as the evaluator takes it. */
export interface AlertRule {
  readonly id: string;
  readonly name: string;
  readonly expression: string;
  readonly source: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Labels;
  readonly priority: Priority;
  /** Null: each series' own `service` label says whose it is. */
  readonly service: string | null;
  /** May hold `{{ $labels.name }}` and `{{ $value }}`. */
  readonly summary: string;
  /** Once it fires, it ends only when the value is past this one as well; null: its threshold itself. */
  readonly resolveAt: number | null;
  readonly when: FiringCondition;
  /** The expression is a heartbeat: it alerts when that has no result. */
  readonly watchdog: boolean;
  readonly onNoData: DataPolicy;
  readonly onError: DataPolicy;
  readonly definedAt: string;
}

export interface RuleFileContext {
  readonly defaultSource: string;
  /** `file:line` of a rule by its place in the file. */
  readonly definedAt: (group: number, rule: number) => string;
}

/** Reads a checked rule file into rules. A name that comes twice in a group gets a number, so that ids stay apart. */
export function readAlertRules(file: AlertRuleFile, context: RuleFileContext): AlertRule[] {
  const seen = new Map<string, number>();
  return file.groups.flatMap((group, groupIndex) =>
    group.rules.map((config, ruleIndex) => {
      const base = `${group.name}/${config.alert}`;
      const count = (seen.get(base) ?? 0) + 1;
      seen.set(base, count);
      const id = count === 1 ? base : `${base}#${count}`;
      return readRule(config, id, context.defaultSource, context.definedAt(groupIndex, ruleIndex));
    }),
  );
}

function readRule(config: AlertRuleConfig, id: string, defaultSource: string, definedAt: string): AlertRule {
  const { labels, annotations } = config;
  return {
    id,
    name: config.alert,
    expression: config.expr,
    source: annotations.source ?? defaultSource,
    forMs: durationOf(config.for),
    keepFiringForMs: durationOf(config.keep_firing_for),
    labels,
    priority: Priority.safeParse(labels.priority).data ?? 'P2',
    service: labels.service ?? null,
    summary: annotations.summary ?? config.alert,
    resolveAt: annotations.resolve_at === undefined ? null : Number(annotations.resolve_at),
    when: readFiringCondition({
      when: annotations.when,
      deployedWithin: annotations.deployed_within,
      deployedBefore: annotations.deployed_before,
    }) ?? { expression: null, deployedWithinMs: null, deployedBeforeMs: null },
    watchdog: annotations.watchdog === 'true',
    onNoData: policyOf(annotations.no_data),
    onError: policyOf(annotations.error),
    definedAt,
  };
}

function durationOf(text: string | undefined): number {
  return text === undefined ? 0 : (parseDuration(text) ?? 0);
}

function policyOf(text: string | undefined): DataPolicy {
  return text === 'keep' || text === 'ok' ? text : 'alert';
}
