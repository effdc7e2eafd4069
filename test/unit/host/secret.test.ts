import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../main/host/cli/arguments.ts';
import { keepSecret } from '../../../main/host/cli/secret.ts';
import { type Vault, vaultOver } from '../../../main/platform/index.ts';
import { err, ok } from '../../../shared/error/result.ts';
import { memoryVault } from '../../support/memory-vault.ts';

function terminal() {
  const said: string[] = [];
  return {
    said,
    say: (text: string) => void said.push(text),
    complain: (text: string) => void said.push(text),
  };
}

async function keep(vault: Vault, typed: readonly string[], name = 'pager') {
  const at = terminal();
  const status = await keepSecret(name, vault, Readable.from(typed.map((one) => Buffer.from(one))), at).catch(
    (thrown: Error) => thrown.message,
  );
  return { status, said: at.said.join('\n') };
}

describe('midwatch secret NAME', () => {
  it('takes one name and nothing else: a secret among the arguments would stand in a list of processes', () => {
    expect(parseCommand(['secret', 'pager'])).toEqual(ok({ kind: 'secret', name: 'pager' }));
    expect(parseCommand(['secret'])).toEqual(err('Name the secret: midwatch secret NAME'));
    expect(parseCommand(['secret', 'pager', 'canary']).ok).toBe(false);
  });

  it('keeps what comes on stdin without its last line end, and says how to name it', async () => {
    const vault = memoryVault();
    expect(await keep(vault, ['can', 'ary\n'])).toEqual({
      status: 0,
      said: 'Kept. Name it in the configuration as keychain:pager',
    });
    expect(await vault.read('pager')).toEqual(ok('canary'));
    await keep(vault, [' two\nlines \r\n'], 'key');
    expect(await vault.read('key')).toEqual(ok(' two\nlines '));
  });

  it('keeps nothing where there is no keyring, as this process is the whole session', async () => {
    const vault = vaultOver({
      problem: async () => 'There is no keyring here.',
      get: async () => err('none'),
      set: async () => err('none'),
    });
    const { status, said } = await keep(vault, ['canary\n']);
    expect(status).toBe('Nothing was kept. There is no keyring here.');
    expect(said).toBe('');
  });

  it('says so where the keyring takes it back at the last moment', async () => {
    const state = { problem: null as string | null };
    const vault = vaultOver({
      problem: async () => state.problem,
      get: async () => ok(undefined),
      set: async () => {
        state.problem = 'It was locked meanwhile.';
        return err('locked');
      },
    });
    expect((await keep(vault, ['canary\n'])).status).toBe('Nothing was kept. It was locked meanwhile.');
  });

  it('refuses an empty secret, one that is too long and a name that a configuration cannot write', async () => {
    for (const typed of [[], ['\n'], ['x'.repeat(70_000)], ['x'.repeat(60_000), 'x'.repeat(60_000)]])
      expect((await keep(memoryVault(), typed)).status).toMatch(
        /^Nothing was kept\. A secret has 1 to 65,536/,
      );
    expect((await keep(memoryVault(), ['canary\n'], 'a/b')).status).toMatch(/name is made of letters/);
  });
});
