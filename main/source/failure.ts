import type { QueryErrorCode } from '../../shared/model/metric.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import type { HttpFailure } from './http/failure.ts';

/** Why a source cannot be trusted just now. `problem` says what happened, what it means for the watch, and what to do. */
export interface SourceFailure {
  readonly condition: 'unauthorised' | 'unreachable' | 'wrong-answer';
  readonly code: Extract<QueryErrorCode, 'unauthorised' | 'unreachable' | 'wrong-answer' | 'timeout'>;
  readonly problem: string;
  /** What the server asked for by `Retry-After`, capped. */
  readonly retryAfterMs: number | null;
}

const MEANING = 'Nothing that rests on it is watched until it answers.';

/** What happened and what to do, of a source that nothing rests on yet. */
export function withoutMeaning(problem: string): { readonly what: string; readonly todo: string } {
  const at = problem.indexOf(MEANING);
  if (at < 0) return { what: problem, todo: '' };
  return { what: problem.slice(0, at).trim(), todo: problem.slice(at + MEANING.length).trim() };
}

/** Puts the three parts of a problem together. */
export function sourceFailure(
  condition: SourceFailure['condition'],
  address: string,
  what: string,
  todo: string,
  extra: { readonly code?: SourceFailure['code']; readonly retryAfterMs?: number | null } = {},
): SourceFailure {
  return {
    condition,
    code: extra.code ?? condition,
    problem: `${address}: ${what}. ${MEANING} ${todo}`,
    retryAfterMs: extra.retryAfterMs ?? null,
  };
}

/** Kinds that say something of the server. What is too large or cancelled says only something of the one request. */
export type ServerFailure = Exclude<HttpFailure, { kind: 'cancelled' } | { kind: 'too-large' }>;

export function failureOfHttp(failure: ServerFailure, address: string): SourceFailure {
  const make = (condition: SourceFailure['condition'], todo: string, code?: SourceFailure['code']) =>
    sourceFailure(condition, address, failure.detail, todo, code === undefined ? {} : { code });
  switch (failure.kind) {
    case 'no-name':
      return make('unreachable', 'Check the address, the network and the VPN.');
    case 'refused':
      return make('unreachable', 'Check that it runs, its port, and the VPN.');
    case 'broken-off':
      return make(
        'unreachable',
        address.startsWith('https:')
          ? 'Midwatch keeps trying; check the server, a proxy before it, and whether it asks for a client certificate.'
          : 'Midwatch keeps trying; check the server or a proxy before it, and whether its address begins with https.',
      );
    case 'timeout':
      return make(
        'unreachable',
        'Midwatch keeps trying; check its load, the network and the VPN.',
        'timeout',
      );
    case 'tls':
      return make('unreachable', 'Renew the certificate, or correct tls in midwatch.yaml.');
    case 'untrusted':
      return make(
        'unreachable',
        'If it is the right server, name its authority under tls.ca in midwatch.yaml: file:PATH of its certificate in PEM text.',
      );
    case 'no-tls':
      return make('wrong-answer', 'Check the address: http may be what is meant, or another port.');
    case 'certificate-refused':
      return make('unauthorised', 'Check tls.cert and tls.key in midwatch.yaml.');
    case 'no-secret':
      return make('unauthorised', 'Give the secret where midwatch.yaml says it is.');
    case 'no-http':
      return make(
        'wrong-answer',
        'Check the address and its port: something else may listen there, or a proxy spoils what it passes on.',
      );
    case 'redirect':
      return make('wrong-answer', 'Give the address that it should be asked at.');
    case 'encoding':
      return make('wrong-answer', 'Check the server or a proxy before it.');
  }
}

/** What a status other than success says of the server; undefined where it is not about the server. */
export function failureOfStatus(
  status: number,
  address: string,
  retryAfterMs: number | null,
): SourceFailure | undefined {
  const wait = retryAfterMs === null ? '' : ` and asks to wait ${formatDuration(retryAfterMs)}`;
  if (status === 401 || status === 403)
    return sourceFailure(
      'unauthorised',
      address,
      `it refused the credentials (status ${status})`,
      'Check auth in midwatch.yaml and that the secret has not expired.',
    );
  if (status === 407)
    return sourceFailure(
      'unauthorised',
      address,
      'a proxy asks for credentials (status 407)',
      'Check the proxy.',
    );
  if (status === 429)
    return sourceFailure(
      'unreachable',
      address,
      `it says that it is asked too often (status 429)${wait}`,
      'Midwatch waits and tries again; lengthen poll_every if this stays.',
      { retryAfterMs },
    );
  if (status >= 500)
    return sourceFailure(
      'unreachable',
      address,
      `it answers with an error of its own (status ${status})${wait}`,
      'Midwatch keeps trying; look at that server.',
      { retryAfterMs },
    );
  return undefined;
}
