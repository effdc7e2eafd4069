import fc from 'fast-check';
import snappy from 'snappyjs';
import { describe, expect, it } from 'vitest';
import { declaredLength, firstByte, uncompressSnappy } from '../../../main/receive/remote-write/snappy.ts';
import { snappyBomb } from '../../support/abuse.ts';

const LIMIT = 1_000_000;

function undo(block: Uint8Array): Uint8Array | string {
  const result = uncompressSnappy(block, LIMIT);
  return result.ok ? result.value : result.error;
}

describe('a snappy block', () => {
  it('becomes what was compressed', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 1, max: 200 }),
        fc.uint8Array({ maxLength: 300 }),
        (head, times, tail) => {
          const body = Buffer.concat([...Array.from({ length: times }, () => head), tail]);
          const block = snappy.compress(body);
          expect(declaredLength(block)).toBe(body.length);
          expect(firstByte(block)).toBe(body[0]);
          expect(Buffer.compare(undo(block) as Uint8Array, body)).toBe(0);
        },
      ),
    );
  });

  it('may hold literals of each length and copies that overlap themselves', () => {
    const far = Buffer.alloc(70_000).map((_, i) => (i * 7 + (i >> 8)) & 0xff);
    const body = Buffer.concat([far, Buffer.alloc(500, 'ab'), Buffer.alloc(500, 'x'), far]);
    expect(Buffer.compare(undo(snappy.compress(body)) as Uint8Array, body)).toBe(0);
    expect(undo(snappyBomb(1_000))).toHaveLength(1_000);
    // Offset of two, length of six, by a copy of four bytes' offset.
    const four = Uint8Array.from([8, 1 << 2, 65, 66, (5 << 2) | 3, 2, 0, 0, 0]);
    expect(Buffer.from(undo(four) as Uint8Array).toString()).toBe('ABABABAB');
  });

  it.each([
    ['nothing at all', [], 'it does not begin with a length'],
    ['a length that never ends', [255, 255, 255, 255, 255, 1], 'it does not begin with a length'],
    ['a length over 32 bits', [255, 255, 255, 255, 127], 'it does not begin with a length'],
    ['too large a length', [255, 255, 255, 127], 'it says that it is 268435455 bytes long'],
    ['a literal cut off', [5, 4 << 2, 1, 2], 'a literal is cut off'],
    ['a literal whose length is cut off', [5, 61 << 2, 1], 'a literal is cut off'],
    ['a literal of a negative length', [10, 252, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0], 'a literal is cut off'],
    ['more than it says', [2, 2 << 2, 1, 2, 3], 'it is longer than it says'],
    ['a copy beyond what it says', [5, 3 << 2, 1, 2, 3, 4, (3 << 2) | 2, 1, 0], 'it is longer than it says'],
    ['less than it says', [9, 1 << 2, 1, 2], 'it is shorter than it says'],
    ['a copy from before the beginning', [9, 0, 1, 1, 9], 'a copy points before the beginning'],
    ['a copy from nowhere', [9, 0, 1, (4 << 2) | 2, 0, 0], 'a copy points before the beginning'],
    ['a copy cut off', [9, 0, 1, 1], 'a copy is cut off'],
    ['a wide copy cut off', [9, 0, 1, 3, 1, 0, 0], 'a copy is cut off'],
  ])('with %s is refused', (_, bytes, problem) => {
    expect(undo(Uint8Array.from(bytes))).toBe(problem);
  });

  it('of any bytes ends, and never answers more than it declares', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 0, max: 127 }), (noise, length) => {
        const result = uncompressSnappy(Uint8Array.from([length, ...noise]), LIMIT);
        if (result.ok) expect(result.value.length).toBe(length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('tells its first byte without being decoded, where that can be told', () => {
    expect(firstByte(snappyBomb(16 * 1024 * 1024 - 1))).toBe(0);
    expect(firstByte(snappy.compress(Buffer.alloc(0)))).toBeUndefined();
    expect(firstByte(Uint8Array.from([]))).toBeUndefined();
    // A copy has nothing behind it yet, and a literal may be cut off.
    expect(firstByte(Uint8Array.from([5, 0b10, 1, 0]))).toBeUndefined();
    expect(firstByte(Uint8Array.from([5, 62 << 2, 1]))).toBeUndefined();
  });
});
