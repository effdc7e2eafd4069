import { z } from 'zod';

/** The parts of an `http(s)` address; credentials and fragments are found so that they can be refused. */
export interface AddressParts {
  readonly scheme: 'http' | 'https';
  readonly credentials: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly query: string;
  readonly fragment: string | undefined;
}

const ADDRESS =
  /^(https?):\/\/(?:([^/?#@]*)@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::(\d{1,5}))?(?:[/?#]|$)/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;

/** Names of headers and query parameters that carry secrets. */
export const SECRET_NAME = /auth|cookie|key|token|secret|passw|credential|signature/i;

/** Takes an address apart; undefined where it is none that a client could follow. */
export function splitAddress(text: string): AddressParts | undefined {
  const match = ADDRESS.exec(text);
  if (!match || /\s/.test(text)) return undefined;
  const scheme = match[1] === 'https' ? 'https' : 'http';
  const host = match[3] ?? '';
  const port = match[4] === undefined ? (scheme === 'https' ? 443 : 80) : Number(match[4]);
  // A host that ends in a number is an IPv4 address to every client, or an error.
  if (/(?:^|\.)\d+$/.test(host) && !IPV4.test(host)) return undefined;
  if (port < 1 || port > 65_535) return undefined;
  const [beforeFragment = '', ...fragment] = text.split('#');
  const queryAt = beforeFragment.indexOf('?');
  return {
    scheme,
    credentials: match[2],
    host,
    port,
    query: queryAt < 0 ? '' : beforeFragment.slice(queryAt + 1),
    fragment: fragment.length === 0 ? undefined : fragment.join('#'),
  };
}

/** Why the text is not the address of a source; undefined where it is one. */
export function addressProblem(text: string): string | undefined {
  if (!/^https?:\/\//.test(text)) return 'is not an address that begins with http:// or https://';
  const parts = splitAddress(text);
  if (!parts) return 'is not an address such as https://prometheus.example.org';
  if (parts.credentials !== undefined)
    return 'holds a name or password. Take it out and give it under auth, as a reference';
  if (parts.query.split('&').some((pair) => SECRET_NAME.test(pair.split('=')[0] ?? '')))
    return 'holds what looks like a secret in its query. Give it under auth or headers, as a reference';
  return parts.fragment === undefined ? undefined : 'has a fragment (#…), which no server sees';
}

export const WebAddress = z.string().superRefine((text, context) => {
  const problem = addressProblem(text);
  if (problem) context.addIssue({ code: 'custom', message: problem });
});
