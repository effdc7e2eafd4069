import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSeries, encodeSeries } from '../../../shared/contract/series-file.ts';
import type { Series } from '../../../shared/model/metric.ts';

const text = fc.string({ unit: 'grapheme' });
// A label named as every object's prototype is left out on the way: no metric needs it, and it is a trap.
const name = text.filter((one) => one !== '__proto__');
const labels = fc.dictionary(name, text, { maxKeys: 3, noNullPrototype: true });
const values = (length: number) => fc.array(fc.double(), { minLength: length, maxLength: length });

/** Times as ranges answer them, at one distance, and as stored samples have them, at any. */
const times = fc.oneof(
  fc
    .record({ fromAt: fc.integer(), stepMs: fc.integer({ min: 1, max: 1e6 }), length: fc.nat({ max: 20 }) })
    .map(({ fromAt, stepMs, length }) => Array.from({ length }, (_, i) => fromAt + i * stepMs)),
  fc.uniqueArray(fc.integer(), { maxLength: 20 }).map((all) => all.sort((a, b) => a - b)),
);
const series: fc.Arbitrary<Series> = times.chain((at) =>
  fc.record({
    labels,
    times: fc.constant(Float64Array.from(at)),
    values: values(at.length).map((all) => Float64Array.from(all)),
  }),
);

describe('a series file', () => {
  it('gives back what was written, whatever distance the times have', () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 6 }), (all) => {
        const read = decodeSeries(encodeSeries({ series: all, unwatched: [] }).buffer).series;
        expect(read.map((one) => one.labels)).toEqual(all.map((one) => one.labels));
        for (const [at, one] of read.entries()) {
          expect([...one.times]).toEqual([...(all[at]?.times ?? [])]);
          expect([...one.values]).toEqual([...(all[at]?.values ?? [])]);
        }
      }),
    );
  });

  it('writes times at one distance once, and no times of theirs', () => {
    const at = (i: number) => 1_000 + i * 15;
    const one = (shift: number) => ({
      labels: {},
      times: Float64Array.from({ length: 1_000 }, (_, i) => at(i) + (i === 999 ? shift : 0)),
      values: new Float64Array(1_000),
    });
    const size = (shift: number) =>
      encodeSeries({ series: Array.from({ length: 10 }, () => one(shift)), unwatched: [] }).length;
    expect(size(1) - size(0)).toBeGreaterThan(10 * 1_000 * 8 - 1_000);
  });

  it.each([
    ['another beginning', (bytes: Uint8Array) => bytes.fill(0, 0, 4)],
    ['a head that is cut', (bytes: Uint8Array) => bytes.fill(0xff, 4, 8)],
    ['a count that does not fit', (bytes: Uint8Array) => bytes.fill(0, 8, 12)],
  ])('with %s is refused as damaged', (_name, damage) => {
    const bytes = encodeSeries({
      series: [{ labels: { a: '1' }, times: Float64Array.of(1, 2, 4), values: Float64Array.of(1, 2, 3) }],
      unwatched: [],
    });
    damage(bytes);
    expect(() => decodeSeries(bytes.buffer)).toThrow(/could not be read: .*Ask for them again/);
  });

  it('whose head promises other samples than there are is refused as damaged', () => {
    const bytes = encodeSeries({
      series: [{ labels: {}, times: Float64Array.of(1, 2, 4), values: Float64Array.of(1, 2, 3) }],
      unwatched: [],
    });
    const text = new TextDecoder().decode(bytes);
    const at = text.indexOf('"length":3');
    bytes[at + '"length":'.length] = '2'.charCodeAt(0);
    expect(() => decodeSeries(bytes.buffer)).toThrow(/its samples do not fit its head/);
  });
});
