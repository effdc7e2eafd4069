import type { QueryError } from '../../../shared/model/metric.ts';

const POSITION = /(?:^|\s)(\d{1,6}):(\d{1,7}):\s*parse error/;

/** What the server's own refusal of one query means. `undefined`: the server is in trouble, not the query. */
export function refusalOf(errorType: string, message: string, expression: string): QueryError | undefined {
  switch (errorType) {
    case 'bad_data':
      if (/exceeded maximum resolution/.test(message)) return refuse('limit', message, false);
      return /parse error|invalid parameter "query"/.test(message)
        ? withPosition(refuse('parse', message, false), message, expression)
        : refuse('execution', message, false);
    case 'execution':
      return /too many samples|too many (?:points|series)|limit/i.test(message)
        ? refuse('limit', message, false)
        : refuse('execution', message, false);
    case 'timeout':
      return refuse('timeout', `${message}. The query is too heavy for the server in the time it has.`, true);
    case 'canceled':
      return refuse('cancelled', message, true);
    case 'not_found':
    case 'not_acceptable':
      return refuse('execution', message, false);
    default:
      return undefined;
  }
}

function refuse(code: QueryError['code'], message: string, retryable: boolean): QueryError {
  return { code, message: `The server refused the query: ${message}`, retryable };
}

/** Prometheus says line and column, from 1 and in bytes; the window wants an offset into the text. */
function withPosition(error: QueryError, message: string, expression: string): QueryError {
  const match = POSITION.exec(message);
  if (!match) return error;
  const lines = expression.split('\n');
  const line = Math.min(lines.length, Math.max(1, Number(match[1])));
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  const column = Buffer.from(lines[line - 1] ?? '', 'utf8')
    .subarray(0, Math.max(0, Number(match[2]) - 1))
    .toString('utf8').length;
  const from = Math.min(expression.length, before + column);
  return { ...error, position: { from, to: Math.min(expression.length, from + 1) } };
}
