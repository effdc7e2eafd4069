import { type Vault, vaultOver } from '../../main/platform/index.ts';
import { ok } from '../../shared/error/result.ts';

/** A vault whole in its behaviour, whose place is this process: what is kept is read again, and ends with the test. */
export function memoryVault(secrets: ReadonlyMap<string, string> = new Map()): Vault {
  const kept = new Map(secrets);
  return vaultOver({
    problem: async () => null,
    get: async (name) => ok(kept.get(name)),
    set: async (name, secret) => {
      kept.set(name, secret);
      return ok(null);
    },
  });
}
