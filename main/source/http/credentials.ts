import type { ConnectionConfig, ReferenceUse } from '../../../shared/config/source.ts';
import { isSecretReference } from '../../../shared/config/source.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';

/**
 * Reads what a reference (`keychain:`, `env:`, `file:`) stands for; a certificate is public, so that others may read its
 * file. The error is a sentence that names no secret.
 */
export type SecretReader = (reference: string, use?: ReferenceUse) => Promise<Result<string, string>>;

const PEM_CERTIFICATE = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/;

/** What is sent along, and how trust is given; held in memory only, never logged. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly servername?: string;
  };
}

/** Reads all secrets that a connection names. The error says which one is missing. */
export async function readCredentials(
  config: Pick<ConnectionConfig, 'auth' | 'headers' | 'tls'>,
  readSecret: SecretReader,
): Promise<Result<Credentials, string>> {
  const headers: Record<string, string> = {};
  const tls: { ca?: string; cert?: string; key?: string; servername?: string } = {};
  const problems: string[] = [];
  const resolve = async (what: string, text: string, use: ReferenceUse = 'secret') => {
    if (!isSecretReference(text)) return text;
    const read = await readSecret(text, use);
    if (read.ok && read.value !== '') return read.value;
    problems.push(`${what}: ${read.ok ? `${text} is empty` : read.error}`);
    return '';
  };
  const certificate = async (what: string, text: string) => {
    const pem = await resolve(what, text, 'certificate');
    if (pem !== '' && !PEM_CERTIFICATE.test(pem))
      problems.push(`${what}: ${text.slice(0, 200)} holds no certificate in PEM text`);
    return pem;
  };
  for (const [name, value] of Object.entries(config.headers)) {
    headers[name.toLowerCase()] = headerValue(await resolve(`the header ${name}`, value));
  }
  const authorization = await authorizationOf(config.auth, resolve);
  if (authorization !== undefined) headers.authorization = authorization;
  if (config.tls.ca !== null) tls.ca = await certificate('tls.ca', config.tls.ca);
  if (config.tls.cert !== null) tls.cert = await certificate('tls.cert', config.tls.cert);
  if (config.tls.key !== null) tls.key = await resolve('tls.key', config.tls.key);
  if (config.tls.serverName !== null) tls.servername = config.tls.serverName;
  return problems.length === 0 ? ok({ headers, tls }) : err(problems.join('; '));
}

async function authorizationOf(
  auth: ConnectionConfig['auth'],
  resolve: (what: string, text: string) => Promise<string>,
): Promise<string | undefined> {
  switch (auth.kind) {
    case 'none':
      return undefined;
    case 'basic': {
      const password = oneLine(await resolve('auth.password', auth.password));
      return `Basic ${Buffer.from(`${auth.username}:${password}`, 'utf8').toString('base64')}`;
    }
    case 'bearer':
      return `Bearer ${headerValue(await resolve('auth.token', auth.token))}`;
  }
}

/** A secret file usually ends with a line break that is not part of the secret. */
function oneLine(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/** A line break inside would be a second header. */
function headerValue(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a header may not hold
  return oneLine(text).replace(/[\u0000-\u0008\u000a-\u001f\u007f]/g, '');
}
