import { stringify } from 'yaml';
import { z } from 'zod';
import { AlertRuleConfig } from '../../shared/config/alert-rule.ts';
import { DOCUMENT_ANNOTATION } from './export-rules.ts';
import { importOpenSlo } from './import-openslo.ts';
import { type ForeignDocument, type Imported, type ImportedFile, nameOf, readForeign } from './imported.ts';

const RuleFile = z.object({
  groups: z.array(z.looseObject({ name: z.string(), rules: z.array(z.looseObject({})) })),
});

const PRIORITIES: Readonly<Record<string, string>> = {
  page: 'P0',
  critical: 'P0',
  error: 'P1',
  high: 'P1',
  warning: 'P2',
  ticket: 'P2',
  info: 'P3',
  none: 'P3',
};

/**
 * A rule file of Prometheus: its alerts become rules of the workspace, each `severity` also a priority; exported burn
 * alerts become their objective again. Recording rules stay with the Prometheus that evaluates them, and are named.
 */
export function importRules(text: string, file: string): Imported {
  const { documents, left } = readForeign(text, file);
  const files = documents.flatMap((document) => fromDocument(document, file, left));
  return { files, left };
}

function fromDocument({ value, at }: ForeignDocument, file: string, left: string[]): ImportedFile[] {
  const read = RuleFile.safeParse(value);
  if (!read.success) {
    left.push(`${at([])}: not a rule file of Prometheus: expected groups of rules.`);
    return [];
  }
  const slos: ImportedFile[] = [];
  const groups = read.data.groups.flatMap((group, groupAt) => {
    const rules = group.rules.flatMap((raw, ruleAt) => {
      const place = at(['groups', groupAt, 'rules', ruleAt]);
      const taken = takeRule(raw, place, left);
      if (taken && 'openslo' in taken) slos.push(...importOpenSlo(taken.openslo, place).files);
      return taken && 'rule' in taken ? [taken.rule] : [];
    });
    return rules.length === 0 ? [] : [{ name: group.name, rules }];
  });
  const name = nameOf(file.replace(/^.*[\\/]/, '').replace(/\.(?:rules\.)?ya?ml$/, ''));
  const alerts = {
    name: `alerts/${name}.yaml`,
    text: stringify({ groups }, { lineWidth: 0, aliasDuplicateObjects: false }),
  };
  return groups.length === 0 ? slos : [...slos, alerts];
}

type Taken = { readonly openslo: string } | { readonly rule: Record<string, unknown> };

function takeRule(raw: Record<string, unknown>, place: string, left: string[]): Taken | null {
  const labels = asText(raw.labels);
  const annotations = asText(raw.annotations);
  if (labels.midwatch_objective !== undefined) {
    const openslo = annotations[DOCUMENT_ANNOTATION];
    return openslo === undefined ? null : { openslo };
  }
  if (typeof raw.record === 'string') {
    left.push(
      `${place}: the recording rule ${raw.record} stays where it is evaluated; rules here may ask for it.`,
    );
    return null;
  }
  const priority = labels.priority ?? PRIORITIES[(labels.severity ?? '').toLowerCase()];
  const rule = { ...raw, labels: priority === undefined ? labels : { ...labels, priority }, annotations };
  const read = AlertRuleConfig.safeParse(rule);
  if (!read.success) {
    const [issue] = read.error.issues;
    left.push(`${place}: not taken over: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
    return null;
  }
  if (priority === undefined) left.push(`${place}: no priority and no known severity: it will be P2.`);
  const { alert, expr, for: pending, keep_firing_for: kept } = read.data;
  return {
    rule: {
      alert,
      expr,
      ...(pending === undefined ? {} : { for: pending }),
      ...(kept === undefined ? {} : { keep_firing_for: kept }),
      ...(Object.keys(rule.labels).length > 0 ? { labels: rule.labels } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
  };
}

function asText(value: unknown): Record<string, string> {
  const read = z.record(z.string(), z.coerce.string()).safeParse(value ?? {});
  return read.success ? read.data : {};
}
