import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeadRow } from '../../../main/store/metric-compact.ts';
import { createReaderHead } from '../../../main/store/metric-reader-head.ts';

const SERIES = 40;

function rowOf(id: number, refs: readonly number[]): HeadRow {
  const values = Float64Array.from(refs, (ref) => ref * 1_000 + id);
  return {
    id,
    at: id * 10,
    refs: new Uint8Array(Uint32Array.from(refs).buffer),
    vals: new Uint8Array(values.buffer),
  };
}

const anyRefs = fc.uniqueArray(fc.integer({ min: 1, max: SERIES }), { maxLength: SERIES });
const anyStep = fc.oneof(
  fc.record({ kind: fc.constant('take' as const), refs: anyRefs }),
  fc.record({
    kind: fc.constant('ask' as const),
    refs: fc.uniqueArray(fc.integer({ min: 1, max: SERIES + 5 }), { maxLength: 12 }),
  }),
  fc.record({ kind: fc.constant('load' as const), refs: anyRefs }),
);

describe('the head as a reader sees it', () => {
  it('has of each series what was written, however it is asked for and whatever came in between', () => {
    fc.assert(
      fc.property(
        fc.array(anyRefs, { maxLength: 8 }),
        fc.array(anyStep, { maxLength: 30 }),
        (first, steps) => {
          const head = createReaderHead();
          let id = 0;
          let rows = first.map((refs) => rowOf(++id, refs));
          let told = new Map<number, number[]>();
          const tell = (row: HeadRow) => {
            for (const ref of new Uint32Array(row.refs.buffer))
              told.set(ref, [...(told.get(ref) ?? []), row.at]);
          };
          head.load(rows);
          rows.forEach(tell);
          for (const { kind, refs } of steps) {
            if (kind === 'load') {
              // As after packing: the oldest are gone.
              rows = rows.slice(Math.ceil(rows.length / 2));
              told = new Map();
              rows.forEach(tell);
              head.load(rows);
            } else if (kind === 'take') {
              const row = rowOf(++id, refs);
              rows.push(row);
              tell(row);
              head.take(row);
            } else {
              head.prepare(refs);
              for (const ref of refs) {
                const slice = head.get(ref)?.slice(-1, Number.MAX_SAFE_INTEGER);
                expect([...(slice?.times ?? [])]).toEqual(told.get(ref) ?? []);
                expect([...(slice?.values ?? [])]).toEqual(
                  (told.get(ref) ?? []).map((at) => ref * 1_000 + at / 10),
                );
              }
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
