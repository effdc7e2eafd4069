import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeChunk, encodeChunk } from '../../../main/store/metric-chunk.ts';
import { firstAfter, mergeSamples } from '../../../main/store/metric-merge.ts';
import { staleIndices, staleValues } from '../../../main/store/metric-stale.ts';

const value = fc.oneof(
  fc.double(),
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map((one) => one / 100),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0, 2 ** 53, -(2 ** 31), 1e300),
);

const samples = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 5_000_000_000 }), value), { minLength: 1, maxLength: 300 })
  .map((steps) => {
    let at = 1_700_000_000_000;
    return {
      times: Float64Array.from(steps, ([step]) => {
        at += step;
        return at;
      }),
      values: Float64Array.from(steps, ([, one]) => one),
    };
  });

const bits = (values: Float64Array) => Array.from(new BigUint64Array(values.slice().buffer));

describe('a chunk', () => {
  it('gives back every bit of what was written', () => {
    fc.assert(
      fc.property(samples, (written) => {
        const read = decodeChunk(encodeChunk(written));
        expect(Array.from(read.times)).toEqual(Array.from(written.times));
        expect(bits(read.values)).toEqual(bits(written.values));
      }),
    );
  });

  it('keeps a stale marker apart from an ordinary NaN', () => {
    const values = new Float64Array([1, Number.NaN, 3]);
    values.set(staleValues(1), 2);
    const read = decodeChunk(encodeChunk({ times: Float64Array.of(1, 2, 3), values }));
    expect(Array.from(staleIndices(read.values))).toEqual([2]);
  });

  it('gives back every bit of values with few digits after the point, in half the room', () => {
    const digits = fc.integer({ min: 1, max: 4 });
    const steps = fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 100, maxLength: 480 });
    fc.assert(
      fc.property(digits, steps, fc.integer({ min: 0, max: 1e9 }), (places, given, start) => {
        let total = start;
        const values = Float64Array.from(given, (step) => {
          total += step;
          return total / 10 ** places;
        });
        const times = values.map((_value, i) => 1_700_000_000_000 + i * 15_000);
        const chunk = encodeChunk({ times, values });
        expect(bits(decodeChunk(chunk).values)).toEqual(bits(values));
        expect(chunk.length).toBeLessThan(80 + values.length * 3);
      }),
    );
  });

  it('stores a regular counter in under two bytes a sample', () => {
    const times = Float64Array.from({ length: 480 }, (_, i) => 1_700_000_000_000 + i * 1000);
    const values = Float64Array.from({ length: 480 }, (_, i) => i * 37 + (i % 3));
    expect(encodeChunk({ times, values }).length).toBeLessThan(960);
  });

  it('refuses damaged bytes by name, and never reserves what they claim', () => {
    const good = encodeChunk({ times: Float64Array.of(1, 2, 3), values: Float64Array.of(1, 2, 3) });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
        const bad = good.slice();
        bad[index] = (bad[index] ?? 0) ^ change;
        try {
          expect(decodeChunk(bad).times.length).toBeLessThan(1 << 20);
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'chunk-damaged' });
        }
      }),
    );
  });
});

describe('merging', () => {
  it('orders what interleaves and keeps the first for one instant', () => {
    const merged = mergeSamples([
      { times: Float64Array.of(1, 3, 5), values: Float64Array.of(10, 30, 50) },
      { times: Float64Array.of(2, 3, 6), values: Float64Array.of(20, 31, 60) },
    ]);
    expect(Array.from(merged.times)).toEqual([1, 2, 3, 5, 6]);
    expect(Array.from(merged.values)).toEqual([10, 20, 30, 50, 60]);
  });

  it('finds the first time above an instant as a plain search does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 20 }), fc.nat(50), (list, at) => {
        const times = Float64Array.from([...list].sort((a, b) => a - b));
        const plain = times.findIndex((time) => time > at);
        expect(firstAfter(times, at)).toBe(plain < 0 ? times.length : plain);
      }),
    );
  });
});
