import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ReferenceUse } from '../../shared/config/source.ts';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';

export type SecretError = CodedError<'secret-missing' | 'secret-exposed' | 'secret-unsupported'>;

/** A secret is a line or a key, never a disk image. */
const BYTES_MAX: Readonly<Record<ReferenceUse, number>> = { secret: 64 * 1024, certificate: 1024 * 1024 };

/**
 * Answers the secret or certificate that a reference names: `env:NAME` or `file:PATH` (a plain file; a secret's its owner
 * alone may read).
 * The one line break that editors put at a file's end is taken off. The message never holds the secret.
 */
export async function resolveSecret(
  reference: string,
  environment: Readonly<Record<string, string | undefined>>,
  use: ReferenceUse = 'secret',
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
      return readReferredFile(name, use);
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

async function readReferredFile(path: string, use: ReferenceUse): Promise<Result<string, SecretError>> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      // Asked of the open file, so that it is the one that is read.
      const stat = await file.stat();
      if (!stat.isFile()) return refuse('secret-missing', `${path} is no plain file, so it holds no ${use}.`);
      if (use === 'secret' && process.platform !== 'win32' && (stat.mode & 0o077) !== 0)
        return refuse(
          'secret-exposed',
          `${path} can be read by others (mode ${(stat.mode & 0o777).toString(8)}), so it is not used. Set it to mode 0600.`,
        );
      const bytesMax = BYTES_MAX[use];
      if (stat.size > bytesMax)
        return refuse('secret-missing', `${path} is larger than ${bytesMax / 1024} KiB, which is no ${use}.`);
      const bytes = Buffer.alloc(Math.min(bytesMax, stat.size + 1));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      const text = bytes.toString('utf8', 0, bytesRead).replace(/\r?\n$/, '');
      return text === '' ? refuse('secret-missing', `${path} is empty, so it holds no ${use}.`) : ok(text);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    return refuse(
      'secret-missing',
      `${path} cannot be read (${messageOf(thrown)}), so the ${use} is missing.`,
    );
  }
}

function refuse(
  code: SecretError['code'],
  message: string,
): { readonly ok: false; readonly error: SecretError } {
  return err(new CodedError(code, message));
}
