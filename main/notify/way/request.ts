import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { ReadSecret } from '../notifiers.ts';

/** Reads an address that may be a secret; the message of a failure never holds it. */
export async function resolveUrl(text: string, secret: ReadSecret): Promise<Result<string, string>> {
  if (!/^(keychain|env|file):/.test(text)) return ok(text);
  const read = await secret(text);
  if (!read.ok) return err(`the address ${text} could not be read: ${read.error}`);
  return isHttp(read.value.trim()) ? ok(read.value.trim()) : err(`what ${text} names is not an http address`);
}

function isHttp(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

/** Values of headers from their references. */
export async function resolveHeaders(
  references: Readonly<Record<string, string>>,
  secret: ReadSecret,
): Promise<Result<Record<string, string>, string>> {
  const headers: Record<string, string> = {};
  for (const [name, reference] of Object.entries(references)) {
    const read = await secret(reference);
    if (!read.ok) return err(`the header ${name} could not be read: ${read.error}`);
    headers[name.toLowerCase()] = read.value.trim();
  }
  return ok(headers);
}
