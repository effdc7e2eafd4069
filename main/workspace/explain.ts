/** The part of a schema's issue that is read here. */
export interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly input?: unknown;
  readonly expected?: unknown;
  readonly values?: readonly unknown[];
  readonly keys?: readonly string[];
  readonly errors?: readonly (readonly Issue[])[];
  readonly discriminator?: string;
  readonly options?: readonly unknown[];
}

export interface Explained {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

const KIND_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list (lines that begin with "- ")',
  object: 'keys with values ("key: value")',
  record: 'keys with values ("key: value")',
};

/** Says in words what was expected and what stands there instead. One issue may be several problems. */
export function explainIssue(issue: Issue): Explained[] {
  const { path } = issue;
  switch (issue.code) {
    case 'unrecognized_keys':
      return (issue.keys ?? []).map((key) => ({
        path: [...path, key],
        message: `expected no key ${JSON.stringify(key)} here; remove it, or mend its spelling or indentation`,
      }));
    case 'invalid_type':
      if (!issue.message.startsWith('Invalid input'))
        return [{ path, message: missing(issue) ?? phrase(issue.message) }];
      return [
        {
          path,
          message: `expected ${KIND_NAMES[String(issue.expected)] ?? String(issue.expected)}${got(issue)}`,
        },
      ];
    case 'invalid_value':
      if (!issue.message.startsWith('Invalid ')) return [{ path, message: phrase(issue.message) }];
      return [{ path, message: `expected ${oneOf(issue.values ?? [])}${got(issue)}` }];
    case 'invalid_union':
      return explainUnion(issue);
    default:
      return [{ path, message: phrase(issue.message) }];
  }
}

function explainUnion(issue: Issue): Explained[] {
  if (issue.discriminator !== undefined && (issue.errors ?? []).length === 0)
    return [{ path: issue.path, message: `expected ${oneOf(issue.options ?? [])}${got(told(issue))}` }];
  const ways = (issue.errors ?? []).map((one) =>
    one.map((inner) => explainIssue(inner)[0]?.message ?? '').join(', '),
  );
  const said = [...new Set(ways)].filter((way) => way !== '').map((way) => way.replace(/^expected /, ''));
  return [{ path: issue.path, message: `expected ${said.join('; or ') || 'another value'}` }];
}

/** What stands where the kinds differ, not the whole that has a kind. */
function told(issue: Issue): Issue {
  const { input, discriminator } = issue;
  const isWhole = typeof input === 'object' && input !== null && !Array.isArray(input);
  return isWhole && discriminator !== undefined
    ? { ...issue, input: Object.entries(input).find(([key]) => key === discriminator)?.[1] }
    : issue;
}

function oneOf(values: readonly unknown[]): string {
  const names = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  if (names.length === 0) return 'a known value';
  return names.length === 1 ? String(names[0]) : `one of ${names.join(', ')}`;
}

function missing(issue: Issue): string | undefined {
  return issue.input === undefined ? `${phrase(issue.message)} (it is missing)` : undefined;
}

function got(issue: Issue): string {
  if (issue.input === undefined) return '; it is missing';
  if (issue.input === null) return ', got nothing';
  if (Array.isArray(issue.input)) return ', got a list';
  if (typeof issue.input === 'object') return ', got keys with values';
  const text = JSON.stringify(issue.input) ?? String(issue.input);
  return `, got ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}

/** Schemas say either what was expected or what is wrong with the value ("is …", "must …"); people read the one form. */
function phrase(message: string): string {
  if (/^(?:is|has|holds|needs|must|carries) /.test(message))
    return `expected another value: this one ${message}`;
  const [, rest] = /^(?:Invalid input|Invalid option|Too small|Too big): (expected .*)$/.exec(message) ?? [];
  return rest ?? message;
}
