import { type Problem, problemAt } from './problem.ts';
import type { Located, YamlDocument } from './yaml-reader.ts';

const VARIABLE = /\$\{vars\.([A-Za-z_][A-Za-z0-9_-]*)\}/g;

/** The names of the variables that a text uses. */
export function variablesIn(text: string): string[] {
  return [...text.matchAll(VARIABLE)].map(([, name = '']) => name);
}

/** Fills `${vars.NAME}` in the texts under `sources`, before they are checked: an address is only one once it is whole. */
export function fillSources(
  file: string,
  document: YamlDocument,
  overrides: Readonly<Record<string, string>>,
  problems: Problem[],
): YamlDocument {
  if (!isKeyed(document.value) || !('sources' in document.value)) return document;
  const written = isKeyed(document.value.vars) ? document.value.vars : {};
  const vars = { ...written, ...overrides };
  const fill = (value: unknown, located: Located | undefined, path: string): unknown => {
    if (typeof value === 'string')
      return value.replaceAll(VARIABLE, (placeholder, name: string) => {
        const known = Object.hasOwn(vars, name) ? vars[name] : undefined;
        if (typeof known === 'string') return known;
        const place = { file, line: located?.line ?? 1, column: located?.column ?? 1 };
        problems.push(problemAt(place, path, unknownVariable(name, Object.keys(vars))));
        // A text that fits an address, so that one mistake is reported once.
        return placeholder === value.slice(0, placeholder.length) ? 'http://unknown.invalid' : 'unknown';
      });
    if (Array.isArray(value))
      return value.map((item, index) => fill(item, located?.parts.get(index), `${path}[${index}]`));
    if (!isKeyed(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        fill(item, located?.parts.get(key), `${path}.${key}`),
      ]),
    );
  };
  const sources = fill(document.value.sources, document.located.parts.get('sources'), 'sources');
  return { ...document, value: { ...document.value, sources } };
}

export function unknownVariable(name: string, known: readonly string[]): string {
  const names = known.length === 0 ? 'the workspace has none' : `known are ${known.join(', ')}`;
  return `expected a variable of midwatch.yaml, got ${JSON.stringify(name)}; ${names}`;
}

function isKeyed(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
