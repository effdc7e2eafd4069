import { stringify } from 'yaml';
import { z } from 'zod';
import { AlertRuleConfig } from '../../shared/config/alert-rule.ts';
import { DOCUMENT_ANNOTATION } from './export-rules.ts';
import { importOpenSlo } from './import-openslo.ts';
import {
  type ForeignDocument,
  firstIssue,
  type Imported,
  type ImportedFile,
  nameOf,
  nameUnread,
  readForeign,
} from './imported.ts';

const RuleFile = z.looseObject({
  groups: z.array(
    z.looseObject({
      name: z.string(),
      /** Of all its rules; Prometheus 3 has them. */
      labels: z.record(z.string(), z.unknown()).optional(),
      rules: z.array(z.looseObject({})).nullish(),
    }),
  ),
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
    const { path } = firstIssue(read.error);
    left.push(
      `${at(path)}: not a rule file of Prometheus: expected groups, each with a name and rules${path.length > 0 ? `, at ${path.join('.')}` : ''}.`,
    );
    return [];
  }
  nameUnread(read.data, ['groups'], { at, path: [], of: '' }, left);
  const slos: ImportedFile[] = [];
  const groups = read.data.groups.flatMap((group, groupAt) => {
    const path = ['groups', groupAt];
    nameUnread(
      group,
      ['name', 'rules', 'labels', 'interval'],
      { at, path, of: `group ${group.name}: ` },
      left,
    );
    if (group.interval !== undefined)
      left.push(
        `${at([...path, 'interval'])}: group ${group.name}: interval is not carried over; rules are evaluated at each poll of their source.`,
      );
    const rules = (group.rules ?? []).flatMap((own, ruleAt) => {
      const place = at([...path, 'rules', ruleAt]);
      const raw = { ...own, labels: withLabels(group.labels, own.labels) };
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
  if (labels === null || annotations === null) {
    const which = labels === null ? 'labels' : 'annotations';
    left.push(`${place}: not taken over: its ${which} are no names with a text each.`);
    return null;
  }
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
  const severity = (labels.severity ?? '').toLowerCase();
  const priority =
    labels.priority ?? (Object.hasOwn(PRIORITIES, severity) ? PRIORITIES[severity] : undefined);
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

/** Labels of the group stand under those of the rule. */
function withLabels(group: Readonly<Record<string, unknown>> | undefined, own: unknown): unknown {
  if (group === undefined) return own;
  const labels = z.record(z.string(), z.unknown()).safeParse(own ?? {});
  return labels.success ? { ...group, ...labels.data } : own;
}

/** Null where it is no map of texts; YAML reads `5` and `true` as something else than text. */
function asText(value: unknown): Record<string, string> | null {
  const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
  const read = z.record(z.string(), z.union([text, z.null().transform(() => '')])).safeParse(value ?? {});
  return read.success ? read.data : null;
}
