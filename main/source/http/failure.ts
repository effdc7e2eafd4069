import { messageOf } from '../../../shared/error/coded.ts';

/** Why no usable answer came. `detail` is a clause for people: it holds no secret and is bounded. */
export type HttpFailure =
  | { readonly kind: 'no-name'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'broken-off'; readonly detail: string }
  | { readonly kind: 'timeout'; readonly detail: string }
  | { readonly kind: 'tls'; readonly detail: string }
  | { readonly kind: 'untrusted'; readonly detail: string }
  | { readonly kind: 'no-tls'; readonly detail: string }
  | { readonly kind: 'certificate-refused'; readonly detail: string }
  | { readonly kind: 'no-secret'; readonly detail: string }
  | { readonly kind: 'redirect'; readonly detail: string }
  | { readonly kind: 'no-http'; readonly detail: string }
  | { readonly kind: 'encoding'; readonly detail: string }
  | { readonly kind: 'too-large'; readonly detail: string }
  | { readonly kind: 'cancelled'; readonly detail: string };

const REFUSED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES']);
const BROKEN_OFF = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ECONNABORTED']);
const TIMEOUT = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** What answers a TLS greeting in plain text. */
const NO_TLS = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
]);

/** The parser's words for a connection that ended in the middle: nothing of what came before was wrong. */
const ENDED_EARLY = new Set(['HPE_INVALID_EOF_STATE', 'HPE_CLOSED_CONNECTION']);

const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; is a clock wrong?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  CERT_REVOKED: 'its certificate has been revoked',
};

/** Certificates of an authority that this machine does not trust: a private one must be named. */
const UNTRUSTED: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an unknown authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an unknown authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an unknown authority',
};

/** Alerts by which a server says that it wants another client certificate, or one at all. */
const CLIENT_CERTIFICATE_ALERT =
  /ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_REQUIRED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|CERTIFICATE_REVOKED|UNSUPPORTED_CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/;

/** Sorts what a socket, TLS or the client threw. Whatever is not known is a connection that broke off. */
export function classify(thrown: unknown): HttpFailure {
  const error = innermost(thrown);
  const code = codeOf(error);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAI_FAIL' || code === 'ENODATA')
    return { kind: 'no-name', detail: 'its host name is not known to the name server' };
  if (code === 'MIDWATCH_FORBIDDEN_ADDRESS')
    return {
      kind: 'redirect',
      detail: 'it redirects to a link-local or metadata address, which is never followed',
    };
  if (REFUSED.has(code)) return { kind: 'refused', detail: `the connection was refused (${code})` };
  if (TIMEOUT.has(code)) return { kind: 'timeout', detail: 'it gave no answer in time' };
  const certificate = CERTIFICATE[code];
  if (certificate) return { kind: 'tls', detail: certificate };
  const untrusted = UNTRUSTED[code];
  if (untrusted) return { kind: 'untrusted', detail: untrusted };
  if (CLIENT_CERTIFICATE_ALERT.test(code))
    return { kind: 'certificate-refused', detail: 'it refused the client certificate, or asks for one' };
  if (NO_TLS.has(code))
    return { kind: 'no-tls', detail: 'it does not answer in TLS, though its address says https' };
  if (/^(?:ERR_SSL|ERR_TLS|EPROTO|ERR_OSSL|CERT_|UNABLE_TO_)/.test(code))
    return { kind: 'tls', detail: `no secure connection could be made (${code})` };
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
    return { kind: 'broken-off', detail: 'the answer broke off before its end' };
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code === 'HPE_HEADER_OVERFLOW')
    return { kind: 'no-http', detail: 'the headers of its answer are larger than 64 KiB' };
  if (ENDED_EARLY.has(code)) return { kind: 'broken-off', detail: 'the answer broke off before its end' };
  if (code.startsWith('HPE_') || (error instanceof Error && error.name === 'HTTPParserError'))
    return {
      kind: 'no-http',
      detail: `what it answered is not HTTP, or damaged on the way (${code || clip(messageOf(error), 80)})`,
    };
  if (BROKEN_OFF.has(code)) return { kind: 'broken-off', detail: `the connection broke off (${code})` };
  return { kind: 'broken-off', detail: `the connection failed (${code || clip(messageOf(error))})` };
}

/** Happy Eyeballs gathers one error an address; undici wraps the socket's. The cause says what happened. */
function innermost(thrown: unknown): unknown {
  let error = thrown;
  for (let depth = 0; depth < 5; depth += 1) {
    if (error instanceof AggregateError && error.errors.length > 0) error = error.errors[0];
    else if (error instanceof Error && error.cause instanceof Error && codeOf(error.cause) !== '')
      error = error.cause;
    else break;
  }
  return error;
}

export function codeOf(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : '';
}

/** Foreign text for a message: one line, printable, bounded. */
export function clip(text: string, lengthMax = 120): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control and direction characters could forge a line of log
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ').trim();
  return line.length > lengthMax ? `${line.slice(0, lengthMax)}…` : line;
}
