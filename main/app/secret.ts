import { CodedError } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import { resolveSecret, type SecretError } from '../workspace/index.ts';
import type { ReadKeychain } from './options.ts';

/** Answers the secret that a reference of the configuration names. The message never holds the secret. */
export type SecretReader = (reference: string) => Promise<Result<string, SecretError>>;

const KEYCHAIN = 'keychain:';

/** `keychain:NAME` comes from the host's vault where it has one; all else is read as the workspace defines it. */
export function secretReader(
  readKeychain: ReadKeychain | undefined,
  environment: NodeJS.ProcessEnv,
): SecretReader {
  return async (reference) => {
    if (!readKeychain || !reference.startsWith(KEYCHAIN)) return resolveSecret(reference, environment);
    const secret = await readKeychain(reference.slice(KEYCHAIN.length));
    return secret.ok ? ok(secret.value) : err(new CodedError('secret-missing', secret.error));
  };
}
