import { CodedError } from '../../../shared/error/coded.ts';
import type { Vault } from '../../platform/index.ts';
import type { Terminal } from './terminal.ts';

const TYPED_MAX = 100_000;

/**
 * `midwatch secret NAME`: keeps what comes on stdin, so that it stands in no argument list and no shell history. Without
 * a keyring nothing is kept: this process ends, and the session with it.
 */
export async function keepSecret(
  name: string,
  vault: Vault,
  input: AsyncIterable<string | Buffer>,
  terminal: Terminal,
): Promise<number> {
  const problem = await vault.problem();
  if (problem !== null) throw new CodedError('no-keyring', `Nothing was kept. ${problem}`);
  let typed = '';
  for await (const part of input) typed = `${typed}${String(part)}`.slice(0, TYPED_MAX);
  const kept = await vault.keep(name, typed.replace(/\r?\n$/, ''));
  if (!kept.ok) throw new CodedError('not-kept', `Nothing was kept. ${kept.error}`);
  if (kept.value === 'session')
    throw new CodedError('not-kept', `Nothing was kept. ${(await vault.problem()) ?? ''}`);
  terminal.say(`Kept. Name it in the configuration as keychain:${name}`);
  return 0;
}
