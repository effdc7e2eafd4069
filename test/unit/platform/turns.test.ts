import { describe, expect, it } from 'vitest';
import { createTurns } from '../../../main/platform/index.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function working() {
  const turns = createTurns();
  const order: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      order.push(`${name} begins`);
      await turn();
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  return { turns, order, work };
}

describe('turns', () => {
  it('come one after the other, also past one that fails', async () => {
    const { turns, order, work } = working();
    const [first, second] = await Promise.allSettled([turns.take(work('a', true)), turns.take(work('b'))]);
    expect(first.status).toBe('rejected');
    expect(second).toMatchObject({ value: 'b' });
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('go on past work that throws before it begins', async () => {
    const { turns, work } = working();
    const thrown = turns.take((): Promise<string> => {
      throw new Error('at once');
    });
    await expect(thrown).rejects.toThrow('at once');
    expect(await turns.take(work('b'))).toBe('b');
  });

  it('never run within the call that brings the work', async () => {
    const { turns, order, work } = working();
    const done = turns.take(work('a'));
    expect(order).toEqual([]);
    await done;
  });

  it('let one go before all that wait, and never into the midst of what runs', async () => {
    const { turns, order, work } = working();
    const all = [turns.take(work('a'))];
    await Promise.resolve();
    await Promise.resolve();
    all.push(turns.take(work('b')), turns.take(work('c')), turns.first(work('a person')));
    await Promise.all(all);
    expect(order.filter((one) => one.endsWith('ends'))).toEqual([
      'a ends',
      'a person ends',
      'b ends',
      'c ends',
    ]);
  });

  it('may be asked for from within a turn', async () => {
    const { turns, order, work } = working();
    let inner: Promise<string> | undefined;
    await turns.take(async () => {
      inner = turns.take(work('inner'));
      order.push('outer');
    });
    await inner;
    expect(order).toEqual(['outer', 'inner begins', 'inner ends']);
  });
});
