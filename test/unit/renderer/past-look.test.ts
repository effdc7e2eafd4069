import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPastLooks } from '../../../renderer/state/past-look.ts';
import type { Requests } from '../../../renderer/state/request.ts';
import { err, ok } from '../../../shared/error/result.ts';

const failure = { code: 'unreachable', text: 'aborted', confirmation: null };

/** A core that answers when told to, and says how far it is. */
function slowCore() {
  const progress = { done: 1, all: 4 };
  const asked: string[] = [];
  const api = {
    objective: {
      progress: async ({ ask }: { ask: string }) => {
        asked.push(ask);
        return progress;
      },
    },
  };
  const quiet = async (run: (api: never) => Promise<unknown>) => {
    try {
      return ok(await run(api as never));
    } catch {
      return err(failure);
    }
  };
  return { requests: { quiet } as unknown as Requests, progress, asked };
}

/** Answers at the end, or fails as a request that is aborted does. */
function question(done: Promise<number>) {
  return (_api: unknown, { options }: { options: { signal: AbortSignal } }) =>
    new Promise<number>((resolve, reject) => {
      options.signal.addEventListener('abort', () => reject(new Error('aborted')));
      void done.then(resolve);
    });
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a look at the past in the window', () => {
  it('says how far it is until it is answered', async () => {
    const { requests, asked } = slowCore();
    const looks = createPastLooks(requests);
    let answer: (value: number) => void = () => undefined;
    const look = looks.run('a', question(new Promise((resolve) => (answer = resolve))));
    expect(looks.progress.getState().byKey.get('a')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(600);
    expect(looks.progress.getState().byKey.get('a')).toEqual({ done: 1, all: 4 });
    answer(7);
    expect(await look).toEqual(ok(7));
    expect(looks.progress.getState().byKey.get('a')).toBeUndefined();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toHaveLength(1);
  });

  it('ends when it is cancelled, and when another takes its place', async () => {
    const looks = createPastLooks(slowCore().requests);
    const never = new Promise<number>(() => undefined);
    const first = looks.run('a', question(never));
    const second = looks.run('a', question(never));
    expect(await first).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    looks.cancel('a');
    expect(await second).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(await looks.run('a', question(Promise.resolve(3)))).toEqual(ok(3));
  });

  it('ends when the last who waits for it is gone, and not while somebody is drawn anew', async () => {
    const looks = createPastLooks(slowCore().requests);
    const look = looks.run('a', question(new Promise<number>(() => undefined)));
    const leave = looks.wait('a');
    leave();
    const stay = looks.wait('a');
    await vi.advanceTimersByTimeAsync(10);
    let ended = false;
    void look.then(() => {
      ended = true;
    });
    await vi.advanceTimersByTimeAsync(10);
    expect(ended).toBe(false);
    stay();
    await vi.advanceTimersByTimeAsync(10);
    expect(await look).toMatchObject({ ok: false, error: { text: 'It was cancelled.' } });
  });
});
