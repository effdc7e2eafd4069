import type { PromqlConfig } from '../../shared/config/promql.ts';
import type { QueryError } from '../../shared/model/metric.ts';
import { answersQueries, type SourceKind } from '../../shared/model/source.ts';
import { LOCAL_SOURCE, sourcesNamed } from '../query/index.ts';
import type { Problem } from './problem.ts';
import { say, sayInText, type Written } from './written.ts';

/** Reads an expression as the source that will be asked reads it; undefined where it can be evaluated. */
export type CheckExpression = (
  expression: string,
  sourceKind: SourceKind,
  compat: PromqlConfig['compat'],
) => QueryError | undefined;

export interface Names {
  readonly sources: ReadonlyMap<string, SourceKind>;
  /** Null where a file of services could not be taken: its own mistake is reported, not what follows from it. */
  readonly services: ReadonlySet<string> | null;
  readonly objectives: ReadonlySet<string> | null;
  readonly policies: readonly string[];
  readonly vars: readonly string[] | null;
  readonly compat: PromqlConfig['compat'];
}

/** What every part of the configuration is asked: known names, an askable source, PromQL. */
export interface Checker {
  service(written: Written<unknown>, path: readonly PropertyKey[], id: string): void;
  /** The source that is asked; undefined where that is not known, which has been said. */
  source(written: Written<unknown>, path: readonly PropertyKey[], id: string | undefined): string | undefined;
  expression(
    written: Written<unknown>,
    path: readonly PropertyKey[],
    text: string,
    source: string | undefined,
  ): void;
}

export function checker(names: Names, checkExpression: CheckExpression, problems: Problem[]): Checker {
  const sources = [...names.sources].filter(([, kind]) => answersQueries(kind)).map(([id]) => id);
  return {
    service(written, path, id) {
      if (names.services && !names.services.has(id))
        say(problems, written, path, unknown('service', id, [...names.services]));
    },
    source(written, path, id) {
      if (id === undefined && sources.length === 1) return sources[0];
      if (id !== undefined && sources.includes(id)) return id;
      // Without midwatch.yaml no source is known: its own mistake is reported, and that is enough.
      if (names.sources.size > 0)
        say(
          problems,
          written,
          path,
          id === undefined
            ? `expected a source, the workspace has ${sources.length === 0 ? 'none that answers expressions' : `several: ${sources.join(', ')}`}`
            : names.sources.has(id)
              ? `expected a source that answers expressions; ${JSON.stringify(id)} is an Alertmanager, which only brings alerts`
              : unknown('source', id, sources),
        );
      return undefined;
    },
    expression(written, path, text, source) {
      const error = checkExpression(
        text,
        (source === undefined ? undefined : names.sources.get(source)) ?? 'prometheus',
        names.compat,
      );
      if (error) sayQueryError(problems, written, path, text, error);
      // Without midwatch.yaml no source is known.
      const named = names.sources.size === 0 ? [] : sourcesNamed(text, names.compat);
      const stranger = named.find((id) => id !== LOCAL_SOURCE && !sources.includes(id));
      if (stranger !== undefined) say(problems, written, path, unknown('source', stranger, sources));
    },
  };
}

export function sayQueryError(
  problems: Problem[],
  written: Written<unknown>,
  path: readonly PropertyKey[],
  text: string,
  error: QueryError,
): void {
  const message = `expected a PromQL expression: ${error.message}`;
  if (error.position) sayInText(problems, written, path, text, error.position.from, message);
  else say(problems, written, path, message);
}

export function unknown(what: string, id: string, known: readonly string[]): string {
  const names =
    known.length === 0
      ? 'there are none'
      : `known are ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', …' : ''}`;
  return `expected a ${what} of this workspace, got ${JSON.stringify(id)}; ${names}`;
}
