import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SecretStore, vaultOver } from '../../../main/platform/index.ts';
import { err, ok } from '../../../shared/error/result.ts';
import { memoryVault } from '../../support/memory-vault.ts';

/** A store that works, is locked, or is there and refuses to write. */
type Weather = 'fine' | 'locked' | 'damaged';

function store() {
  const kept = new Map<string, string>();
  const state: { weather: Weather; asked: number } = { weather: 'fine', asked: 0 };
  const refuse = () => err(state.weather === 'locked' ? 'it is locked' : 'its file is damaged');
  const secrets: SecretStore = {
    problem: async () => (state.weather === 'locked' ? 'The keyring is locked: unlock it.' : null),
    get: async (name) => {
      state.asked += 1;
      return state.weather === 'fine' ? ok(kept.get(name)) : refuse();
    },
    set: async (name, secret) => {
      if (state.weather !== 'fine') return refuse();
      kept.set(name, secret);
      return ok(null);
    },
  };
  return { kept, state, secrets };
}

describe('a vault over a store', () => {
  it('keeps in the store, and reads from there in the next session', async () => {
    const { secrets, kept } = store();
    expect(await vaultOver(secrets).keep('pager', 'canary')).toEqual(ok('sealed'));
    expect(kept.get('pager')).toBe('canary');
    expect(await vaultOver(secrets).read('pager')).toEqual(ok('canary'));
  });

  it('holds for the session what a locked store does not take, and moves it there once it does', async () => {
    const { secrets, state, kept } = store();
    const vault = vaultOver(secrets);
    state.weather = 'locked';
    expect(await vault.keep('pager', 'canary')).toEqual(ok('session'));
    expect(await vault.read('pager')).toEqual(ok('canary'));
    expect(kept.size).toBe(0);
    expect(await vaultOver(secrets).read('pager')).toEqual(
      err('keychain:pager cannot be read. The keyring is locked: unlock it.'),
    );
    state.weather = 'fine';
    expect(await vault.keep('pager', 'canary-2')).toEqual(ok('sealed'));
    expect(kept.get('pager')).toBe('canary-2');
    expect(await vault.read('pager')).toEqual(ok('canary-2'));
  });

  it('does not take memory for a store that is there and must be mended', async () => {
    const { secrets, state } = store();
    const vault = vaultOver(secrets);
    state.weather = 'damaged';
    expect(await vault.keep('pager', 'canary')).toEqual(err('its file is damaged'));
    expect(await vault.read('pager')).toEqual(err('its file is damaged'));
  });

  it('says how to keep a secret that is missing', async () => {
    expect(await memoryVault().read('pager')).toMatchObject({
      ok: false,
      error: expect.stringContaining('midwatch secret pager'),
    });
  });

  it('asks nobody for what was typed in this session', async () => {
    const { secrets, state } = store();
    const vault = vaultOver(secrets);
    state.weather = 'locked';
    await vault.keep('pager', 'canary');
    await vault.read('pager');
    expect(state.asked).toBe(0);
  });

  const names = fc.constantFrom('a', 'b', 'pager');
  const step = fc.oneof(
    fc.record({ do: fc.constant('keep' as const), name: names, secret: fc.string({ minLength: 1 }) }),
    fc.record({ do: fc.constant('read' as const), name: names }),
    fc.record({
      do: fc.constant('weather' as const),
      to: fc.constantFrom<Weather[]>('fine', 'locked', 'damaged'),
    }),
    fc.record({ do: fc.constant('restart' as const) }),
  );

  it('answers the last secret that it said it kept, or says why not, and never another one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { secrets, state } = store();
        let vault = vaultOver(secrets);
        const sealed = new Map<string, string>();
        const session = new Map<string, string>();
        for (const one of steps) {
          if (one.do === 'weather') state.weather = one.to;
          else if (one.do === 'restart') {
            vault = vaultOver(secrets);
            session.clear();
          } else if (one.do === 'keep') {
            const kept = await vault.keep(one.name, one.secret);
            const expected =
              state.weather === 'fine'
                ? ok('sealed')
                : state.weather === 'locked'
                  ? ok('session')
                  : expect.objectContaining({ ok: false });
            expect(kept).toEqual(expected);
            if (kept.ok && kept.value === 'sealed') {
              sealed.set(one.name, one.secret);
              session.delete(one.name);
            } else if (kept.ok) session.set(one.name, one.secret);
          } else {
            const found = await vault.read(one.name);
            const known =
              session.get(one.name) ?? (state.weather === 'fine' ? sealed.get(one.name) : undefined);
            if (known === undefined) expect(found.ok).toBe(false);
            else expect(found).toEqual(ok(known));
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('takes any secret whole, and only names that can stand in a configuration', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ minLength: 1, maxLength: 120 }),
        fc.string({ unit: 'binary', minLength: 1 }),
        async (name, secret) => {
          const vault = memoryVault();
          const kept = await vault.keep(name, secret);
          expect(kept.ok).toBe(/^[A-Za-z0-9_.-]{1,100}$/.test(name));
          if (kept.ok) expect(await vault.read(name)).toEqual(ok(secret));
          else expect(JSON.stringify(kept)).not.toContain(`"${secret}"`);
        },
      ),
    );
  });
});
