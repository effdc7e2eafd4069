import { z } from 'zod';
import { err, ok, type Result } from '../error/result.ts';
import type { Labels } from './metric.ts';

/** One condition on one label, as Prometheus and Alertmanager have them. A label that is not there is empty text. */
export const Matcher = z.object({
  /** Any text, as Prometheus 3 and Alertmanager 0.27 have it; one that is not plain stands in quotes where it is written. */
  name: z.string().min(1, { message: 'is not a label name: it is empty' }).max(512),
  op: z.enum(['=', '!=', '=~', '!~']),
  value: z.string().max(2_000),
});
export type Matcher = z.infer<typeof Matcher>;

/** More conditions than this were generated, and nobody can check what they would quiet. */
export const MATCHERS_MAX = 50;

const NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const PLAIN_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const OPERATOR = /\s*(=~|!~|!=|=)\s*/y;
const QUOTED = /"((?:[^"\\\n]|\\.)*)"/y;
const BARE = /[^\s,{}"]*/y;
const BETWEEN = /[\s,]*/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/**
 * Reads `service="api", code=~"5.."`, with or without braces; quotes may be left out around a plain value, and stand around
 * a name that is not plain: `"service.name"="api"`.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#matcher
 */
export function parseMatchers(text: string): Result<Matcher[], string> {
  const inner = text.trim().replace(/^\{([\s\S]*)\}$/, '$1');
  const matchers: Matcher[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(inner);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (take(BETWEEN); at < inner.length; take(BETWEEN)) {
    const quotedName = take(QUOTED)?.[1];
    const name = quotedName === undefined ? take(NAME)?.[0] : unescaped(quotedName);
    if (name === undefined) return err(`expected a label name at ${quote(inner.slice(at))}`);
    const op = take(OPERATOR)?.[1];
    if (op === undefined) return err(`expected =, !=, =~ or !~ after ${name}`);
    const quoted = take(QUOTED);
    if (!quoted && inner[at] === '"') return err(`the quote after ${name}${op} is not closed`);
    const value = quoted ? unescaped(quoted[1] ?? '') : (take(BARE)?.[0] ?? '');
    const checked = Matcher.safeParse({ name, op, value });
    if (!checked.success) return err(`${name}: ${checked.error.issues[0]?.message ?? 'cannot be used'}`);
    matchers.push(checked.data);
    if (matchers.length > MATCHERS_MAX) return err(`more than ${MATCHERS_MAX} matchers`);
  }
  if (matchers.length === 0) return err('expected at least one matcher, for example service="api"');
  return ok(matchers);
}

export function formatMatcher({ name, op, value }: Matcher): string {
  return `${PLAIN_NAME.test(name) ? name : inQuotes(name)}${op}${inQuotes(value)}`;
}

function inQuotes(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (all, letter: string) => ESCAPES[letter] ?? all);
}

export function formatMatchers(matchers: readonly Matcher[]): string {
  return matchers.map(formatMatcher).join(', ');
}

/** The labels that matchers see: the alert's own, and what the pipeline knows of it, where no label has that name. */
export function matchedLabels(alert: {
  readonly labels: Labels;
  readonly service: string;
  readonly priority: string;
  readonly ruleId: string;
}): Labels {
  const { service, priority, ruleId } = alert;
  return { service, priority, rule: ruleId, ...alert.labels };
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}
