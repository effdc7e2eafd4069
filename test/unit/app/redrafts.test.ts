import { describe, expect, it } from 'vitest';
import { createRedrafts } from '../../../main/app/redrafts.ts';
import { silentLogger } from '../../../main/platform/index.ts';

function bench() {
  const begun: string[] = [];
  const open: { id: string; end: (problem?: Error) => void }[] = [];
  const redrafts = createRedrafts(
    (id) =>
      new Promise((resolve, reject) => {
        begun.push(id);
        open.push({ id, end: (problem) => (problem ? reject(problem) : resolve(null)) });
      }),
    silentLogger(),
  );
  const settle = async (problem?: Error) => {
    open.shift()?.end(problem);
    await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { begun, redrafts, settle };
}

describe('drafting postmortems again', () => {
  it('begins with the first change and gathers all later ones into one more', async () => {
    const { begun, redrafts, settle } = bench();
    redrafts.changed('a');
    for (let i = 0; i < 20; i += 1) redrafts.changed('a');
    expect(begun).toEqual(['a']);
    await settle();
    expect(begun).toEqual(['a', 'a']);
    await settle();
    expect(begun).toEqual(['a', 'a']);
    redrafts.changed('a');
    expect(begun).toEqual(['a', 'a', 'a']);
    await settle();
    await redrafts.idle();
  });

  it('does not let one incident wait for another', async () => {
    const { begun, redrafts, settle } = bench();
    redrafts.changed('a');
    redrafts.changed('b');
    expect(begun).toEqual(['a', 'b']);
    await settle();
    await settle();
    await redrafts.idle();
  });

  it('goes on after a failure', async () => {
    const { begun, redrafts, settle } = bench();
    redrafts.changed('a');
    redrafts.changed('a');
    await settle(new Error('the disk is full'));
    expect(begun).toEqual(['a', 'a']);
    await settle();
    await redrafts.idle();
  });

  it('is idle only when the one that came in between is done too', async () => {
    const { redrafts, settle } = bench();
    let idle = false;
    redrafts.changed('a');
    redrafts.changed('a');
    const waiting = redrafts.idle().then(() => {
      idle = true;
    });
    await settle();
    expect(idle).toBe(false);
    await settle();
    await waiting;
    expect(idle).toBe(true);
  });
});
