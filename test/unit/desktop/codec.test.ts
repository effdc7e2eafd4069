import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodec } from '../../desktop/stand-in/codec.ts';

const codec = createCodec();
const copy = (value: unknown) => codec.decode(codec.encode(value));
const plain = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: false,
  key: fc.string(),
});

describe('what crosses between the shell and a page of the stand-in', () => {
  it('arrives as structured clone would copy it', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(copy(value)).toEqual(structuredClone(value));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps cycles, shared parts, errors, minus zero and what JSON has not', () => {
    const shared = { a: 1 };
    const loop: Record<string, unknown> = { one: shared, two: shared };
    loop.self = loop;
    const back = copy(loop) as Record<string, unknown>;
    expect(back.self).toBe(back);
    expect(back.one).toBe(back.two);
    expect(copy([-0, Number.NaN, Number.POSITIVE_INFINITY, undefined])).toEqual([
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      undefined,
    ]);
    expect(copy(new RangeError('far'))).toMatchObject({ name: 'RangeError', message: 'far' });
  });

  it('makes no prototype out of a key', () => {
    const back = copy(JSON.parse('{"__proto__": {"polluted": true}}')) as object;
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(Object.hasOwn(back, '__proto__')).toBe(true);
  });

  it('refuses what structured clone refuses', () => {
    for (const value of [() => 1, Symbol('x'), Promise.resolve(1), new WeakMap(), { deep: [() => 1] }])
      expect(() => codec.encode(value)).toThrow(/DataCloneError/);
  });

  it('runs from its own source alone, as it does in the page', () => {
    const again = new Function(`return (${createCodec})()`)() as typeof codec;
    expect(again.decode(codec.encode({ at: new Date(5) }))).toEqual({ at: new Date(5) });
  });
});
