import { z } from 'zod';

/** What a template may name of a notification. A list that is closed: a template looks nothing up and decides nothing. */
export const TEMPLATE_FIELDS = [
  'id',
  'title',
  'body',
  'priority',
  'status',
  'receiver',
  'group_key',
  'dedup_key',
  'service',
  'incident_id',
  'alert_ids',
  'acknowledged_by',
  'created_at',
  'reason',
] as const;
export type TemplateField = (typeof TEMPLATE_FIELDS)[number];

/** Text from outside: labels and reasons of rules. The rest is made by Midwatch. */
const HOSTILE: ReadonlySet<string> = new Set([
  'title',
  'body',
  'receiver',
  'group_key',
  'service',
  'acknowledged_by',
  'reason',
]);

/** `{{ title }}`, or `{{ title | 130 }}` for at most so many characters. */
export interface Placeholder {
  readonly field: string;
  readonly length: number | null;
}
export type TemplatePart = string | Placeholder;

const PLACEHOLDER = /\{\{\s*([a-z_]+)\s*(?:\|\s*(\d{1,5})\s*)?\}\}/g;

/** A template cut into text and placeholders. */
export function partsOf(template: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const found of template.matchAll(PLACEHOLDER)) {
    if (found.index > from) parts.push(template.slice(from, found.index));
    parts.push({ field: found[1] ?? '', length: found[2] === undefined ? null : Number(found[2]) });
    from = found.index + found[0].length;
  }
  if (from < template.length) parts.push(template.slice(from));
  return parts;
}

export function fieldProblem(field: string): string | null {
  return (TEMPLATE_FIELDS as readonly string[]).includes(field)
    ? null
    : `expected a field of a notification, got ${JSON.stringify(field)}; known are ${TEMPLATE_FIELDS.join(', ')}`;
}

function templateProblem(template: string): string | null {
  for (const part of partsOf(template)) {
    const problem = typeof part === 'string' ? braces(part) : fieldProblem(part.field);
    if (problem) return problem;
  }
  return null;
}

function braces(text: string): string | null {
  return text.includes('{{') || text.includes('}}')
    ? 'expected placeholders as {{ field }} or {{ field | length }}; there is nothing else in a template'
    : null;
}

/** Text with placeholders. */
export const TemplateText = z
  .string()
  .min(1)
  .max(4_000)
  .superRefine((text, context) => {
    const message = templateProblem(text);
    if (message) context.addIssue({ code: 'custom', message });
  });

const BODY_LENGTH = 20_000;

/** JSON whose texts may hold placeholders; its shape is the file's, whatever a label says. */
export const TemplateBody = z.record(z.string(), z.json()).superRefine((body, context) => {
  if (JSON.stringify(body).length > BODY_LENGTH)
    context.addIssue({ code: 'custom', message: `expected a body of at most ${BODY_LENGTH} characters` });
  const walk = (value: unknown, path: PropertyKey[]): void => {
    if (typeof value === 'string') {
      const message = templateProblem(value);
      if (message) context.addIssue({ code: 'custom', message, path });
    } else if (value !== null && typeof value === 'object')
      for (const [key, inner] of Object.entries(value))
        walk(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  walk(body, []);
});

/**
 * A program and its arguments. No shell reads them. A label that begins with a dash would be read as an option, so text
 * from outside stands after a `--`, or not at the beginning of an argument.
 */
export const CommandArguments = z
  .array(TemplateText)
  .min(1)
  .max(50)
  .superRefine((argv, context) => {
    const issue = (index: number, message: string) =>
      context.addIssue({ code: 'custom', message, path: [index] });
    if (argv[0] !== undefined && !/^\/[^{}]+$/.test(argv[0]))
      issue(0, 'expected the full path of a program, without a placeholder');
    const options = argv.indexOf('--');
    for (const [index, argument] of argv.entries()) {
      const [first] = partsOf(argument);
      if (typeof first === 'string' || first === undefined || !HOSTILE.has(first.field)) continue;
      if (options < 0 || index < options)
        issue(
          index,
          `expected "--" before an argument that begins with {{${first.field}}}: its text could begin with a dash and be read as an option`,
        );
    }
  });
