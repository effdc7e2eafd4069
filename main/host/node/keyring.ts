import { messageOf } from '../../../shared/error/coded.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import { type Clock, type SecretStore, type Vault, vaultOver } from '../../platform/index.ts';

/** One entry of a keyring; `null` where it holds nothing. */
export interface KeyringEntry {
  getPassword(): Promise<string | null>;
  setPassword(password: string): Promise<void>;
}

/** Opens the entry of that name; throws where the system has no keyring. */
export type OpenEntry = (name: string) => KeyringEntry;

const SERVICE = 'midwatch';
/** A name that no secret has; asked for only to learn whether anybody answers. */
const PROBE = ' probe';
/** A person may be asked to unlock it; beyond this nobody is there. */
const ANSWER_MS = 30_000;
/** A locked keyring asks its person to unlock it each time that it is asked: every poll of a source would be a dialog. */
const QUIET_MS = 60_000;
const INSTEAD =
  'so secrets typed here last for this session only. Start and unlock gnome-keyring or KWallet, or name them as env:NAME or file:PATH.';

/** Secrets in the keyring of this person's system: macOS's keychain, Windows' credentials, the Secret Service of a Linux desktop. */
export async function createKeyringVault(clock: Clock): Promise<Vault> {
  return vaultOver(keyringStore(await systemEntries(), clock));
}

/** The kernel's own key store is never taken instead: it forgets at the next start, and every process of this person reads it. */
async function systemEntries(): Promise<Result<OpenEntry, string>> {
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    return ok((name) => new AsyncEntry(SERVICE, name, { linux: { store: 'secret-service' } }));
  } catch (thrown) {
    return err(messageOf(thrown));
  }
}

/** A keyring that does not answer, is locked or refuses has a problem, in words; none of them holds a secret. */
export function keyringStore(entries: Result<OpenEntry, string>, clock: Clock): SecretStore {
  let failed = { error: '', untilAt: Number.NEGATIVE_INFINITY };
  const ask = async <T>(
    name: string,
    run: (entry: KeyringEntry) => Promise<T>,
  ): Promise<Result<T, string>> => {
    if (!entries.ok) return err(entries.error);
    try {
      const answer = await within(clock, run(entries.value(name)));
      failed = { error: '', untilAt: Number.NEGATIVE_INFINITY };
      return ok(answer);
    } catch (thrown) {
      failed = { error: messageOf(thrown), untilAt: clock.now() + QUIET_MS };
      return err(failed.error);
    }
  };
  const look = (name: string): Promise<Result<string | null, string>> =>
    clock.now() < failed.untilAt
      ? Promise.resolve(err(failed.error))
      : ask(name, (entry) => entry.getPassword());
  return {
    async problem() {
      const answer = await look(PROBE);
      return answer.ok ? null : `This system's keyring cannot be used (${answer.error}), ${INSTEAD}`;
    },
    async get(name) {
      const found = await look(name);
      return found.ok
        ? ok(found.value ?? undefined)
        : err(`keychain:${name} cannot be read: ${found.error}.`);
    },
    // A person asked for this one, so it is tried whatever was before.
    async set(name, secret) {
      const written = await ask(name, (entry) => entry.setPassword(secret));
      return written.ok ? ok(null) : written;
    },
  };
}

function within<T>(clock: Clock, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.setTimeout(() => reject(new Error('it did not answer within 30 s')), ANSWER_MS);
    answer.then(resolve, reject).finally(cancel);
  });
}
