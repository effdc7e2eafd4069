import { createHash } from 'node:crypto';
import type { RelabelRule } from '../../../shared/config/relabel.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import { compilePattern, type Pattern } from '../../platform/index.ts';

/** Takes a series' labels through the rules; null where a rule drops the series. The labels given are not changed. */
export type Relabel = (labels: Labels) => Labels | null;

type Step = (labels: Map<string, string>) => boolean;

const LABEL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Compiles rules to one function, in Prometheus' meaning: an absent label is the empty text, and a label set to the
 * empty text goes away. Throws the code `bad-regex` where an expression is not RE2.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#relabel_config
 */
export function compileRelabel(rules: readonly RelabelRule[]): Relabel {
  if (rules.length === 0) return (labels) => labels;
  const steps = rules.map(stepOf);
  return (labels) => {
    const changed = new Map(Object.entries(labels));
    for (const step of steps) if (!step(changed)) return null;
    return Object.fromEntries(changed);
  };
}

/** A step answers false where the series goes. */
function stepOf(rule: RelabelRule): Step {
  const pattern = compilePattern(rule.regex);
  const target = rule.target_label ?? '';
  const joined = (labels: ReadonlyMap<string, string>) =>
    rule.source_labels.map((name) => labels.get(name) ?? '').join(rule.separator);
  const write = (valueFrom: (joinedValue: string) => string): Step =>
    kept((labels) => put(labels, target, valueFrom(joined(labels))));
  switch (rule.action) {
    case 'keep':
      return (labels) => pattern.test(joined(labels));
    case 'drop':
      return (labels) => !pattern.test(joined(labels));
    case 'keepequal':
      return (labels) => joined(labels) === (labels.get(target) ?? '');
    case 'dropequal':
      return (labels) => joined(labels) !== (labels.get(target) ?? '');
    case 'lowercase':
      return write((value) => value.toLowerCase());
    case 'uppercase':
      return write((value) => value.toUpperCase());
    case 'hashmod':
      return write((value) => String(hashOf(value) % BigInt(rule.modulus ?? 1)));
    case 'replace':
      return kept((labels) => replace(labels, joined(labels), pattern, rule));
    case 'labelmap':
      return kept((labels) => mapNames(labels, pattern, rule.replacement));
    case 'labeldrop':
      return kept((labels) => dropNames(labels, (name) => pattern.test(name)));
    case 'labelkeep':
      return kept((labels) => dropNames(labels, (name) => !pattern.test(name)));
  }
}

function kept(change: (labels: Map<string, string>) => void): Step {
  return (labels) => {
    change(labels);
    return true;
  };
}

function put(labels: Map<string, string>, name: string, value: string): void {
  if (value === '') labels.delete(name);
  else labels.set(name, value);
}

function replace(
  labels: Map<string, string>,
  value: string,
  pattern: Pattern,
  { target_label: target = '', replacement }: RelabelRule,
): void {
  const name = pattern.expand(value, target);
  // What a label says may become a name; one that is none is left alone, as in Prometheus.
  if (name === null || !LABEL_NAME.test(name)) return;
  put(labels, name, pattern.expand(value, replacement) ?? '');
}

function mapNames(labels: Map<string, string>, pattern: Pattern, replacement: string): void {
  for (const [name, value] of [...labels]) {
    const mapped = pattern.expand(name, replacement);
    if (mapped !== null && LABEL_NAME.test(mapped)) put(labels, mapped, value);
  }
}

function dropNames(labels: Map<string, string>, goes: (name: string) => boolean): void {
  for (const name of [...labels.keys()]) if (goes(name)) labels.delete(name);
}

/** The last eight bytes of the MD5, so that shards agree with those of a Prometheus beside it. */
function hashOf(value: string): bigint {
  return createHash('md5').update(value).digest().readBigUInt64BE(8);
}
