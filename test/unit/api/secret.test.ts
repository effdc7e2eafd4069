import { describe, expect, it } from 'vitest';
import { contract } from '../../../shared/contract/index.ts';
import { err } from '../../../shared/error/result.ts';
import { apiBench } from '../../support/api-bench.ts';
import { memoryVault } from '../../support/memory-vault.ts';

/** The secret requests over a vault. */
function over(vault: object) {
  const of = (name: string) => (vault as Record<string, unknown>)[name];
  return apiBench({ 'secrets.problem': of('problem'), 'secrets.keep': of('keep') }).call.secret;
}

describe('a secret from the window', () => {
  it('is kept, and answered by its reference alone', async () => {
    const vault = memoryVault();
    const call = over(vault);
    expect(await call.place()).toEqual({ place: 'sealed', problem: null });
    const answer = await call.keep({ name: 'pager', secret: 'canary' });
    expect(answer).toEqual({ place: 'sealed', reference: 'keychain:pager', problem: null });
    expect(await vault.read('pager')).toEqual({ ok: true, value: 'canary' });
  });

  it('lasts for the session where there is no keyring, and the answer says why', async () => {
    const { call } = apiBench({
      'secrets.problem': () => Promise.resolve('No keyring runs here.'),
      'secrets.keep': () => Promise.resolve({ ok: true, value: 'session' }),
    });
    expect(await call.secret.place()).toEqual({ place: 'session', problem: 'No keyring runs here.' });
    expect(await call.secret.keep({ name: 'pager', secret: 'canary' })).toEqual({
      place: 'session',
      reference: 'keychain:pager',
      problem: 'No keyring runs here.',
    });
  });

  it('that is refused says why, and is not in the words', async () => {
    const { call } = apiBench({
      'secrets.keep': () => Promise.resolve(err('The file is damaged. Move it away.')),
    });
    const refused = await call.secret.keep({ name: 'pager', secret: 'canary-8' }).catch((thrown) => thrown);
    expect(refused).toMatchObject({ code: 'REFUSED', data: { code: 'secret-not-kept' } });
    expect(refused.message).toBe('Nothing was kept. The file is damaged. Move it away.');
    expect(JSON.stringify(refused)).not.toContain('canary-8');
  });

  it.each(['', 'a b', '../x', 'ünï', 'x'.repeat(101)])('needs a name that fits: not "%s"', async (name) => {
    const { call, calls } = apiBench();
    const refused = await call.secret.keep({ name, secret: 'canary-9' }).catch((thrown) => thrown);
    expect(refused).toMatchObject({ code: 'BAD_REQUEST' });
    expect(calls).toEqual([]);
  });

  it('comes out by no request: none has a secret in its answer', () => {
    const answers = Object.entries(contract.secret).map(([name, call]) => [
      name,
      Object.keys((call['~orpc'].outputSchema as unknown as { shape: object }).shape),
    ]);
    expect(answers).toEqual([
      ['place', ['place', 'problem']],
      ['keep', ['place', 'reference', 'problem']],
    ]);
  });
});
