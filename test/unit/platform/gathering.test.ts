import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGathering } from '../../../main/platform/gathering.ts';

/** Rounds that end when they are told to. */
function rounds(goesWith: (thing: number, others: readonly number[]) => boolean = () => true) {
  const run: number[][] = [];
  const ends: ((failure?: Error) => void)[] = [];
  const gathering = createGathering<number>(goesWith, (things) => {
    run.push([...things]);
    return new Promise((resolve, reject) => {
      ends.push((failure) => (failure ? reject(failure) : resolve()));
    });
  });
  return { gathering, run, ends };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('work that is gathered', () => {
  it('begins at once, and takes together what comes while it runs', async () => {
    const { gathering, run, ends } = rounds();
    const all = [gathering.add(1)];
    await turn();
    expect(run).toEqual([[1]]);
    all.push(gathering.add(2), gathering.add(3), gathering.add(4));
    await turn();
    expect(run).toEqual([[1]]);
    ends[0]?.();
    await turn();
    expect(run).toEqual([[1], [2, 3, 4]]);
    all.push(gathering.add(5));
    ends[1]?.();
    await turn();
    ends[2]?.();
    await Promise.all(all);
    expect(run).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('answers each only when its own round is done', async () => {
    const { gathering, ends } = rounds();
    const done: number[] = [];
    for (const thing of [1, 2]) {
      void gathering.add(thing).then(() => done.push(thing));
      await turn();
    }
    ends[0]?.();
    await turn();
    expect(done).toEqual([1]);
    ends[1]?.();
    await turn();
    expect(done).toEqual([1, 2]);
  });

  it('tells a failure to those of the round, and goes on', async () => {
    const { gathering, run, ends } = rounds();
    const first = gathering.add(1);
    await turn();
    const second = gathering.add(2);
    ends[0]?.(new Error('the store is full'));
    await expect(first).rejects.toThrow('the store is full');
    await turn();
    ends[1]?.();
    await second;
    expect(run).toEqual([[1], [2]]);
  });

  it('keeps every thing once and in order, whatever goes together', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ thing: fc.integer({ min: 0, max: 9 }), wait: fc.boolean() }), { maxLength: 30 }),
        async (steps) => {
          const run: number[][] = [];
          const gathering = createGathering<number>(
            (thing, others) => !others.includes(thing),
            async (things) => {
              run.push([...things]);
              await turn();
            },
          );
          const all: Promise<void>[] = [];
          for (const { thing, wait } of steps) {
            all.push(gathering.add(thing));
            if (wait) await turn();
          }
          await Promise.all(all);
          expect(run.flat()).toEqual(steps.map((one) => one.thing));
          for (const round of run) expect(new Set(round).size).toBe(round.length);
        },
      ),
      { numRuns: 50 },
    );
  });
});
