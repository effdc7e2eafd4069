import type { Workspace } from '../../shared/config/workspace.ts';
import type { Result } from '../../shared/error/result.ts';
import type { QueryError, QueryTarget } from '../../shared/model/metric.ts';
import {
  type CheckedExpression,
  checkExpression,
  createJoinedTarget,
  createLocalTarget,
  LOCAL_SOURCE,
} from '../query/index.ts';
import type { Threads } from './threads.ts';

/** Whom the parts of the application ask: each expression may name other sources by `__source__`. */
export interface Asking {
  /** For rules, conditions and evidence. */
  readonly target: (sourceId: string) => QueryTarget | undefined;
  /** For objectives: new series count from 0. */
  readonly objectiveTarget: (sourceId: string) => QueryTarget | undefined;
  /** For people: local metrics are evaluated in a thread of its own, so that no page waits behind a chart of a month. */
  readonly peopleTarget: (sourceId: string) => QueryTarget | undefined;
  /** The past of objectives for people, in a thread of its own: nobody's question waits behind a month replayed. */
  readonly pastTarget: (sourceId: string) => QueryTarget | undefined;
  /** Reads an expression as it would be asked of this source. */
  readonly check: (sourceId: string, expression: string) => Result<CheckedExpression, QueryError>;
}

/** The id that means: each selector names its source. */
const JOINED_SOURCE = 'joined';

interface AskingDeps {
  readonly threads: Pick<Threads, 'query' | 'explore' | 'past'>;
  readonly running: { workspace(): Workspace };
}

/** The target of local sources, and how all targets are made once the sources are known. */
export function createAsking({ threads, running }: AskingDeps) {
  const compat = () => running.workspace().promql.compat;
  const localOf = (worker: Threads['query'], countNewSeriesFromZero = false) =>
    createLocalTarget({ id: LOCAL_SOURCE, worker, compat, countNewSeriesFromZero });
  const local = localOf(threads.query);
  const over = (bare: (sourceId: string) => QueryTarget | undefined): Asking => {
    const localSources = () =>
      running.workspace().sources.flatMap(({ id }) => (bare(id) === local ? [id] : []));
    const wrapped = (own: QueryTarget) => {
      const known = new WeakMap<QueryTarget, QueryTarget>();
      return (sourceId: string) => {
        const isHere = sourceId === LOCAL_SOURCE || sourceId === JOINED_SOURCE;
        const found = bare(sourceId) ?? (isHere ? local : undefined);
        if (!found) return undefined;
        const target =
          known.get(found) ??
          createJoinedTarget({
            own: found === local ? own : found,
            local: own,
            target: bare,
            localSources,
            compat,
          });
        known.set(found, target);
        return target;
      };
    };
    return {
      check: (sourceId, expression) => {
        const own = bare(sourceId);
        return checkExpression(expression, {
          ownSource: own === undefined || own === local ? null : sourceId,
          localSources: localSources(),
          target: bare,
          compat: compat(),
        });
      },
      target: wrapped(local),
      objectiveTarget: wrapped(localOf(threads.query, true)),
      peopleTarget: wrapped(localOf(threads.explore)),
      pastTarget: wrapped(localOf(threads.past, true)),
    };
  };
  return { local, over };
}
