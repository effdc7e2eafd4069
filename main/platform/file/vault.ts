import { z } from 'zod';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import { smallFile } from './small-file.ts';

/** Seals bytes with a key that the operating system keeps for this person. */
export interface Seal {
  /** Why it must not be trusted, and what to do; null where it can be. */
  problem(): Promise<string | null>;
  close(text: string): Promise<Buffer>;
  open(bytes: Buffer): Promise<string>;
}

/** Where secrets last beyond this session: a sealed file, or the system's own keyring. */
export interface SecretStore {
  /** Why nothing can be kept or read there now, and what to do; null where it can. */
  problem(): Promise<string | null>;
  /** Undefined where it holds none of that name. */
  get(name: string): Promise<Result<string | undefined, string>>;
  set(name: string, secret: string): Promise<Result<null, string>>;
}

/** Secrets by name, which nobody without the system's key can read. */
export interface Vault {
  read(name: string): Promise<Result<string, string>>;
  /** Answers how long it is kept: for good, or, without a trustworthy place, until the end of this session. */
  keep(name: string, secret: string): Promise<Result<'sealed' | 'session', string>>;
  /** Why nothing is kept beyond this session; null where it is. */
  problem(): Promise<string | null>;
}

const NAME = /^[A-Za-z0-9_.-]{1,100}$/;
const SECRET_MAX = 64 * 1024;

/** Secrets in a file, each sealed; the file alone tells nobody anything but their names. */
export function createVault(path: string, seal: Seal): Vault {
  return vaultOver(sealedFile(path, seal));
}

/** What the store refuses is held in memory until the end of this session, and that is said. */
export function vaultOver(store: SecretStore): Vault {
  const session = new Map<string, string>();
  const forSession = (name: string, secret: string) => {
    session.set(name, secret);
    return ok('session' as const);
  };
  return {
    problem: () => store.problem(),
    async read(name) {
      const typed = session.get(name);
      if (typed !== undefined) return ok(typed);
      const found = await store.get(name);
      if (!found.ok) {
        const why = await store.problem();
        return why === null ? found : err(`keychain:${name} cannot be read. ${why}`);
      }
      if (found.value !== undefined) return ok(found.value);
      return err(
        `The keychain holds no secret named ${name}. Keep one in the window's Settings, or with: midwatch secret ${name}`,
      );
    },
    async keep(name, secret) {
      if (!NAME.test(name)) return err('A secret’s name is made of letters, digits, ".", "-" and "_".');
      if (secret === '' || secret.length > SECRET_MAX)
        return err('A secret has 1 to 65,536 characters, and this one has not.');
      const written = await store.set(name, secret);
      if (written.ok) {
        session.delete(name);
        return ok('sealed');
      }
      // A place that can be trusted and still refuses (a damaged file) is for a person to mend; without one, memory must do.
      return (await store.problem()) === null ? written : forSession(name, secret);
    },
  };
}

function sealedFile(path: string, seal: Seal): SecretStore {
  const file = smallFile(path, z.record(z.string(), z.string()));
  const mend = (problem: string) => err(`${problem}. Move it away and keep the secrets anew.`);
  return {
    problem: () => seal.problem(),
    async get(name) {
      const why = await seal.problem();
      if (why !== null) return err(why);
      const sealed = file.read();
      if (!sealed.ok) return mend(sealed.error);
      const all = sealed.value ?? {};
      const bytes = Object.hasOwn(all, name) ? all[name] : undefined;
      if (bytes === undefined) return ok(undefined);
      try {
        return ok(await seal.open(Buffer.from(bytes, 'base64')));
      } catch {
        return err(
          `keychain:${name} was sealed with another key, so it cannot be read here. Keep it anew with: midwatch secret ${name}`,
        );
      }
    },
    async set(name, secret) {
      const why = await seal.problem();
      if (why !== null) return err(why);
      const sealed = file.read();
      // Written over, a file that could not be read would take every other secret with it.
      if (!sealed.ok) return mend(sealed.error);
      const bytes = await seal.close(secret);
      const written = file.write({ ...sealed.value, [name]: bytes.toString('base64') });
      return written.ok ? ok(null) : written;
    },
  };
}
