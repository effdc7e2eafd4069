import { describe, expect, it } from 'vitest';
import { type KeyringEntry, keyringStore } from '../../../main/host/node/keyring.ts';
import { VirtualClock, vaultOver } from '../../../main/platform/index.ts';
import { err, ok } from '../../../shared/error/result.ts';

/** A keyring that a test opens, locks and silences. */
function keyring() {
  const kept = new Map<string, string>();
  const state: { how: 'open' | 'locked' | 'silent' | 'read-only'; asked: string[] } = {
    how: 'open',
    asked: [],
  };
  const answer = async <T>(name: string, isWrite: boolean, value: () => T): Promise<T> => {
    state.asked.push(name);
    if (state.how === 'silent') return new Promise<T>(() => undefined);
    if (state.how === 'locked') throw new Error('the unlock prompt was dismissed');
    if (state.how === 'read-only' && isWrite) throw new Error('the collection takes nothing');
    return value();
  };
  const open = (name: string): KeyringEntry => ({
    getPassword: () => answer(name, false, () => kept.get(name) ?? null),
    setPassword: (secret) => answer(name, true, () => void kept.set(name, secret)),
  });
  return { kept, state, open };
}

function bench() {
  const clock = new VirtualClock(1_000_000);
  const ring = keyring();
  const store = keyringStore(ok(ring.open), clock);
  return { clock, ...ring, store, vault: vaultOver(store) };
}

describe('the keyring of this system', () => {
  it('gives back what it was given, and knows nothing else', async () => {
    const { store } = bench();
    expect(await store.problem()).toBeNull();
    expect(await store.set('pager', 'canary')).toEqual(ok(null));
    expect(await store.get('pager')).toEqual(ok('canary'));
    expect(await store.get('mail')).toEqual(ok(undefined));
  });

  it('that cannot be loaded has a problem that says what to do instead', async () => {
    const store = keyringStore(err('no library for this system'), new VirtualClock(0));
    expect(await store.problem()).toMatch(
      /cannot be used \(no library for this system\).*env:NAME or file:PATH/,
    );
    expect((await store.set('pager', 'canary')).ok).toBe(false);
  });

  it('that is locked holds nothing beyond the session, and is tried again when a person types the next', async () => {
    const { vault, state, kept } = bench();
    state.how = 'locked';
    expect(await vault.keep('pager', 'canary')).toEqual(ok('session'));
    expect(await vault.problem()).toMatch(/unlock prompt was dismissed.*unlock gnome-keyring/);
    state.how = 'open';
    expect(await vault.keep('pager', 'canary')).toEqual(ok('sealed'));
    expect(kept.get('pager')).toBe('canary');
    expect(await vault.problem()).toBeNull();
  });

  it('that answers questions and takes nothing counts as one that cannot be used', async () => {
    const { vault, state } = bench();
    state.how = 'read-only';
    expect(await vault.keep('pager', 'canary')).toEqual(ok('session'));
    expect(await vault.problem()).toContain('the collection takes nothing');
  });

  it('that is locked is not asked at each poll, for each asking is a dialog; after a minute it is', async () => {
    const { vault, state, clock } = bench();
    state.how = 'locked';
    for (let n = 0; n < 5; n += 1) {
      expect(await vault.read('pager')).toMatchObject({
        ok: false,
        error: expect.stringMatching(/^keychain:pager cannot be read\. This system's keyring/),
      });
      await clock.advance(11_000);
    }
    expect(state.asked).toEqual(['pager']);
    state.how = 'open';
    await clock.advance(10_000);
    expect(await vault.read('pager')).toMatchObject({
      ok: false,
      error: expect.stringContaining('no secret'),
    });
    expect(await vault.problem()).toBeNull();
  });

  it('that does not answer is given up after 30 s', async () => {
    const { store, state, clock } = bench();
    state.how = 'silent';
    const found = store.get('pager');
    await clock.advance(30_000);
    expect(await found).toEqual(err('keychain:pager cannot be read: it did not answer within 30 s.'));
  });

  it('says no secret in any of its words', async () => {
    const { vault, state } = bench();
    await vault.keep('pager', 'canary');
    state.how = 'locked';
    const said = [await vault.keep('mail', 'canary'), await vault.read('pager'), await vault.problem()];
    expect(JSON.stringify(said)).not.toContain('canary');
  });
});
