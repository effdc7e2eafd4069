import type { ReferenceUse } from '../../shared/config/source.ts';
import { CodedError } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import { type Vault, vaultOver } from '../platform/index.ts';
import { resolveSecret, type SecretError } from '../workspace/index.ts';

/** Answers the secret or certificate that a reference of the configuration names. The message never holds the secret. */
export type SecretReader = (reference: string, use?: ReferenceUse) => Promise<Result<string, SecretError>>;

const KEYCHAIN = 'keychain:';

/** `keychain:NAME` comes from the host's vault where it has one; all else is read as the workspace defines it. */
export function secretReader(
  vault: Pick<Vault, 'read'> | undefined,
  environment: NodeJS.ProcessEnv,
): SecretReader {
  return async (reference, use) => {
    if (!vault || !reference.startsWith(KEYCHAIN)) return resolveSecret(reference, environment, use);
    const secret = await vault.read(reference.slice(KEYCHAIN.length));
    return secret.ok ? ok(secret.value) : err(new CodedError('secret-missing', secret.error));
  };
}

const NO_KEYRING = 'This host has no keyring, so secrets typed here last for this session only.';

/** Where the host has no vault of its own, what is typed in the window lasts as long as this session. */
export function sessionVault(): Vault {
  return vaultOver({
    problem: async () => NO_KEYRING,
    get: async () => err(NO_KEYRING),
    set: async () => err(NO_KEYRING),
  });
}
