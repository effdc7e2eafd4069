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

/** Secrets by name, in a file that nobody without the system's key can read. */
export interface Vault {
  read(name: string): Promise<Result<string, string>>;
  /** Answers how long it is kept: for good, or, without a trustworthy seal, until the end of this session. */
  keep(name: string, secret: string): Promise<Result<'sealed' | 'session', string>>;
  /** Why nothing is kept beyond this session; null where it is. */
  problem(): Promise<string | null>;
}

const NAME = /^[A-Za-z0-9_.-]{1,100}$/;
const SECRET_MAX = 64 * 1024;

export function createVault(path: string, seal: Seal): Vault {
  const file = smallFile(path, z.record(z.string(), z.string()));
  const session = new Map<string, string>();
  return {
    problem: () => seal.problem(),
    async read(name) {
      const typed = session.get(name);
      if (typed !== undefined) return ok(typed);
      const why = await seal.problem();
      if (why !== null) return err(`keychain:${name} cannot be read. ${why}`);
      const sealed = file.read();
      if (!sealed.ok) return err(`${sealed.error}. Move it away and keep the secrets anew.`);
      const all = sealed.value ?? {};
      const bytes = Object.hasOwn(all, name) ? all[name] : undefined;
      if (bytes === undefined)
        return err(`The keychain holds no secret named ${name}. Keep one with: midwatch secret ${name}`);
      try {
        return ok(await seal.open(Buffer.from(bytes, 'base64')));
      } catch {
        return err(
          `keychain:${name} was sealed with another key, so it cannot be read here. Keep it anew with: midwatch secret ${name}`,
        );
      }
    },
    async keep(name, secret) {
      if (!NAME.test(name)) return err('A secret’s name is made of letters, digits, ".", "-" and "_".');
      if (secret === '' || secret.length > SECRET_MAX)
        return err('A secret has 1 to 65,536 characters, and this one has not.');
      if ((await seal.problem()) !== null) {
        session.set(name, secret);
        return ok('session');
      }
      const sealed = file.read();
      // Written over, a file that could not be read would take every other secret with it.
      if (!sealed.ok) return err(`${sealed.error}. Move it away and keep the secrets anew.`);
      const bytes = await seal.close(secret);
      const written = file.write({ ...sealed.value, [name]: bytes.toString('base64') });
      return written.ok ? ok('sealed') : written;
    },
  };
}
