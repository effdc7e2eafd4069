import type { QueryError, QueryErrorCode } from '../../shared/model/metric.ts';

/** Where in the expression, in UTF-16 units. */
export interface Position {
  readonly from: number;
  readonly to: number;
}

/** Ends an evaluation from deep inside it; caught at the engine's edge, where it becomes a Result. */
export class QueryFailure extends Error {
  readonly error: QueryError;

  constructor(code: QueryErrorCode, message: string, position?: Position) {
    super(message);
    this.error = { code, message, retryable: code === 'timeout', ...(position ? { position } : {}) };
  }
}

export function unsupported(what: string, position: Position): QueryFailure {
  return new QueryFailure(
    'unsupported',
    `${what} is not evaluated here. The question was not answered; ask a Prometheus source that has it, or rewrite it.`,
    position,
  );
}

export function notPromQL(problem: string, position: Position): QueryFailure {
  return new QueryFailure('parse', `This is not PromQL: ${problem}.`, position);
}
