import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';

export type SecretError = CodedError<'secret-missing' | 'secret-exposed' | 'secret-unsupported'>;

/** A secret is a line or a certificate, never a disk image. */
const SECRET_MAX_BYTES = 64 * 1024;

/**
 * Answers the secret that a reference names: `env:NAME` or `file:PATH` (a plain file that its owner alone may read).
 * The one line break that editors put at a file's end is taken off. The message never holds the secret.
 */
export async function resolveSecret(
  reference: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Result<string, SecretError>> {
  const [, kind, name = ''] = /^(env|file|keychain):(.+)$/.exec(reference) ?? [];
  switch (kind) {
    case 'env': {
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
      if (value !== undefined && value !== '') return ok(value);
      return refuse(
        'secret-missing',
        `The environment variable ${name} is not set, so ${reference} has no value. Set it and start Midwatch again.`,
      );
    }
    case 'file':
      return readSecretFile(name);
    case 'keychain':
      return refuse(
        'secret-unsupported',
        `${reference} cannot be read: this host has no keychain yet. Name the secret as env:NAME or file:PATH.`,
      );
    default:
      return refuse(
        'secret-unsupported',
        'A secret is named as keychain:NAME, env:NAME or file:PATH; a literal is refused.',
      );
  }
}

async function readSecretFile(path: string): Promise<Result<string, SecretError>> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      // Asked of the open file, so that it is the one that is read.
      const stat = await file.stat();
      if (!stat.isFile()) return refuse('secret-missing', `${path} is no plain file, so it holds no secret.`);
      if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0)
        return refuse(
          'secret-exposed',
          `${path} can be read by others (mode ${(stat.mode & 0o777).toString(8)}), so it is not used. Set it to mode 0600.`,
        );
      if (stat.size > SECRET_MAX_BYTES)
        return refuse('secret-missing', `${path} is larger than 64 KiB, which is no secret.`);
      const bytes = Buffer.alloc(SECRET_MAX_BYTES);
      const { bytesRead } = await file.read(bytes, 0, SECRET_MAX_BYTES, 0);
      const text = bytes.toString('utf8', 0, bytesRead).replace(/\r?\n$/, '');
      return text === '' ? refuse('secret-missing', `${path} is empty, so it holds no secret.`) : ok(text);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    return refuse(
      'secret-missing',
      `${path} cannot be read (${messageOf(thrown)}), so the secret is missing.`,
    );
  }
}

function refuse(
  code: SecretError['code'],
  message: string,
): { readonly ok: false; readonly error: SecretError } {
  return err(new CodedError(code, message));
}
