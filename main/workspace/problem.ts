/** What is wrong with the configuration, where, and what was expected there. Line and column begin at 1. */
export interface Problem {
  /** Path inside the workspace, with `/` on every system. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `spec.objectives[0].target`; empty where the whole file is meant. */
  readonly path: string;
  /** What was expected, and what to write. */
  readonly message: string;
  /** An error keeps the configuration from being taken; a warning does not. */
  readonly severity: 'error' | 'warning';
}

/** A place in a file. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export function problemAt(place: Place, path: string, message: string): Problem {
  return { file: place.file, line: place.line, column: place.column, path, message, severity: 'error' };
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error');
}

/** By file, then by place: the order in which a person mends them. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted(
    (left, right) =>
      compare(left.file, right.file) ||
      left.line - right.line ||
      left.column - right.column ||
      compare(left.path, right.path),
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** One line a problem, as compilers write them, so that editors and CI find the place. */
export function formatProblems(problems: readonly Problem[]): string {
  return sortProblems(problems)
    .map(({ file, line, column, path, message, severity }) => {
      const kind = severity === 'warning' ? 'warning: ' : '';
      return `${file}:${line}:${column} ${kind}${path === '' ? '' : `${path}: `}${message}`;
    })
    .join('\n');
}

/** The same for programs. */
export function problemsToJson(
  problems: readonly Problem[],
  strict = false,
  notLooked: readonly string[] = [],
): string {
  const ok = strict ? problems.length === 0 : !hasErrors(problems);
  return JSON.stringify({ ok, problems: sortProblems(problems), notLooked }, null, 2);
}

/** `spec.objectives[0].target`, names that are no words in quotes. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const text = String(part);
      if (!/^[A-Za-z_][A-Za-z0-9_-]*$/.test(text)) return `[${JSON.stringify(text)}]`;
      return index === 0 ? text : `.${text}`;
    })
    .join('');
}
