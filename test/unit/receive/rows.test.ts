import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ExemplarDraft } from '../../../main/receive/exemplar-draft.ts';
import { readWriteRequest } from '../../../main/receive/remote-write/request-1.ts';
import { readRequest2 } from '../../../main/receive/remote-write/request-2.ts';
import type { Counted } from '../../../main/receive/remote-write/series-parts.ts';
import { MalformedError } from '../../../main/receive/remote-write/wire.ts';
import { RowDraft } from '../../../main/receive/row-draft.ts';
import { SeriesIndex } from '../../../main/receive/series-index.ts';
import { SeriesKey } from '../../../main/receive/series-key.ts';
import { isStale, wordsOf } from '../../../main/store/index.ts';
import { createExemplarBook } from '../../../shared/model/exemplar-book.ts';
import { request2, type SentSeries, series, writeRequest } from '../../support/remote-write.ts';

const NOW = 1_700_000_000_000;
const LIMITS = { labelsMax: 8, labelBytesMax: 100 };

function reader(seriesMax = 1_000, samplesMax = 10_000) {
  const index = new SeriesIndex(seriesMax);
  const key = new SeriesKey(LIMITS, 42);
  const book = createExemplarBook();
  let next = 1;
  const draftAt = (now: number, labels = {}) => {
    const exemplars = new ExemplarDraft(book, now);
    return new RowDraft({ index, key, labels, now, samplesMax, exemplars });
  };
  return {
    book,
    index,
    key,
    draftAt,
    read(all: readonly SentSeries[], version: 1 | 2 = 1, now = NOW, labels = {}) {
      const draft = draftAt(now, labels);
      const counted: Counted = { series: 0, samples: 0, histograms: 0, exemplars: 0 };
      const body = version === 1 ? writeRequest(all) : request2(all);
      const whole = (version === 1 ? readWriteRequest : readRequest2)(body, key, draft, counted);
      return { draft, counted, whole, ...draft.rows(), fresh: draft.fresh, refused: draft.refused.list() };
    },
    /** The store numbers what is fresh, from 1 on. */
    learn(draft: RowDraft, ref: (i: number) => number = () => next++) {
      for (const [i, entry] of draft.freshEntries.entries()) index.learn(entry, ref(i), NOW);
    },
  };
}

describe('rows of a remote write', () => {
  it('are the same in both versions', () => {
    const text = fc
      .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
      .filter((one) => one !== '__proto__');
    const one = fc.record({
      labels: fc.dictionary(text, text, { maxKeys: 6, noNullPrototype: true }),
      samples: fc.array(fc.tuple(fc.double({ noNaN: true }), fc.integer({ min: 1, max: NOW })), {
        maxLength: 4,
      }),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(one, { maxLength: 6, selector: (it) => JSON.stringify(it.labels) }),
        (made) => {
          const all = made.map(({ labels, samples }, i) => ({
            ...series('m', { ...labels, i: String(i) }),
            samples,
          }));
          const first = reader().read(all, 1);
          const second = reader().read(all, 2);
          expect(second.times).toEqual(first.times);
          expect(second.values).toEqual(first.values);
          expect(second.fresh.map((it) => ({ ...it }))).toEqual(first.fresh.map((it) => ({ ...it })));
          expect(second.freshOf).toEqual(first.freshOf);
          const expected = all.filter((it) => it.samples.length > 0);
          expect(first.fresh.map((it) => ({ ...it }))).toEqual(
            expected.map((it) => Object.fromEntries(it.labels)),
          );
          expect([...first.values]).toEqual(expected.flatMap((it) => it.samples.map(([value]) => value)));
        },
      ),
    );
  });

  it('of a series that has a number carry it; of others they name the series', () => {
    const { read, learn } = reader();
    const first = read([series('a', {}, [1, NOW]), series('b', {}, [2, NOW], [3, NOW])]);
    expect([...first.refs]).toEqual([0, 0, 0]);
    expect([...first.freshRows]).toEqual([0, 1, 2]);
    expect([...first.freshOf]).toEqual([0, 1, 1]);
    learn(first.draft);
    const second = read([series('b', {}, [4, NOW]), series('c', {}, [5, NOW])], 2);
    expect([...second.refs]).toEqual([2, 0]);
    expect(second.fresh.map((one) => one.__name__)).toEqual(['c']);
  });

  it('name a series as fresh again while its number is still asked for', () => {
    const { read } = reader();
    read([series('a', {}, [1, NOW])]);
    const again = read([series('a', {}, [1, NOW]), series('a', {}, [2, NOW])]);
    expect(again.fresh).toHaveLength(1);
    expect([...again.freshOf]).toEqual([0, 0]);
  });

  it('keep stale markers bit by bit', () => {
    for (const version of [1, 2] as const) {
      const { values } = reader().read([series('a', {}, [Number.NaN, NOW - 1], ['stale', NOW])], version);
      expect([0, 1].map((row) => isStale(wordsOf(values), row))).toEqual([false, true]);
    }
  });

  it('take labels in any order and leave out empty ones', () => {
    const { read, learn } = reader();
    const sorted = read([series('a', { b: '1', c: '2' }, [1, NOW])]);
    learn(sorted.draft);
    const labels = [
      ['c', '2'],
      ['b', '1'],
      ['d', ''],
      ['__name__', 'a'],
    ] as const;
    expect([...read([{ labels, samples: [[2, NOW]] }]).refs]).toEqual([1]);
    // A name that begins another comes first, whatever follows it.
    const near = read([series('a', { 'b!': '1', b: '1', bb: '1' }, [1, NOW])]);
    expect(near.refused).toEqual([]);
  });

  it.each<[string, SentSeries['labels'], string]>([
    ['no name', [['job', 'a']], 'no metric name'],
    ['nothing', [], 'no labels'],
    [
      'a label twice',
      [
        ['__name__', 'a'],
        ['b', '1'],
        ['b', '2'],
      ],
      'the same label name twice',
    ],
    [
      'a label twice, apart',
      [
        ['b', '1'],
        ['__name__', 'a'],
        ['b', '2'],
      ],
      'the same label name twice',
    ],
    [
      'a label without a name',
      [
        ['', 'x'],
        ['__name__', 'a'],
      ],
      'a label without a name',
    ],
    ['too long a value', [['__name__', 'x'.repeat(101)]], 'a label value longer than 100 bytes'],
    ['too long a name', [['x'.repeat(513), 'a']], 'a label name longer than 512 bytes'],
    ['too many labels', Array.from({ length: 9 }, (_, i) => [`l${i}`, 'v'] as const), 'more than 8 labels'],
    [
      '__proto__',
      [
        ['__name__', 'a'],
        ['__proto__', 'x'],
      ],
      'a label named __proto__',
    ],
  ])('of a series with %s are refused by name, each of them', (_, labels, reason) => {
    for (const version of [1, 2] as const) {
      const all = [
        {
          labels,
          samples: [
            [1, NOW - 1],
            [2, NOW],
          ] as const,
        },
        series('good', {}, [3, NOW]),
      ];
      const answer = reader().read(all, version);
      expect(answer.refused).toEqual([{ reason, count: 2 }]);
      expect([...answer.values]).toEqual([3]);
    }
  });

  it('of labels that are no UTF-8 are refused, and cannot be taken for another series', () => {
    const body = Buffer.from(writeRequest([series('a', { b: 'xy' }, [1, NOW])]));
    for (const byte of [0xff, 0xc0]) {
      const foul = Buffer.from(body);
      foul[foul.indexOf('xy')] = byte;
      const { draftAt, key } = reader();
      const draft = draftAt(NOW);
      readWriteRequest(foul, key, draft, { series: 0, samples: 0, histograms: 0, exemplars: 0 });
      expect(draft.refused.list()).toEqual([{ reason: 'a label that is no UTF-8', count: 1 }]);
    }
  });

  it('of times that cannot be are refused', () => {
    const { refused, times } = reader().read([
      series('a', {}, [1, -1], [1, NOW + 601_000], [1, Number.MAX_SAFE_INTEGER], [1, NOW + 599_000]),
    ]);
    expect(refused).toEqual([
      { reason: 'a time that is no whole number of milliseconds since 1970', count: 1 },
      { reason: "a time more than 10 min ahead of this machine's clock", count: 2 },
    ]);
    expect([...times]).toEqual([NOW + 599_000]);
  });

  it('are not read to the end where there are too many', () => {
    const { read } = reader(1_000, 3);
    expect(read([series('a', {}, [1, 1], [1, 2], [1, 3])]).whole).toBe(true);
    expect(read([series('a', {}, [1, 1], [1, 2]), series('b', {}, [1, 3], [1, 4])]).whole).toBe(false);
  });

  it('of hostile bytes are a refusal and never a hang or another error', () => {
    const honest = [
      writeRequest([series('a', { b: '1' }, [1, NOW])]),
      request2([series('a', { b: '1' }, [1, NOW])]),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...honest),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
        fc.nat(),
        (body, changes, cut) => {
          const bytes = Buffer.from(body);
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const { draftAt, key } = reader();
          for (const read of [readWriteRequest, readRequest2])
            try {
              const counted = { series: 0, samples: 0, histograms: 0, exemplars: 0 };
              read(bytes.subarray(0, bytes.length - (cut % 4)), key, draftAt(NOW), counted);
            } catch (thrown) {
              expect(thrown).toBeInstanceOf(MalformedError);
            }
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe("a source's series", () => {
  it('are limited; those that fell silent make room', () => {
    const { read, learn } = reader(2);
    learn(read([series('a', {}, [1, NOW]), series('b', {}, [1, NOW])]).draft);
    const third = read([series('c', {}, [1, NOW])]);
    expect(third.refused).toEqual([{ reason: "over this source's limit of 2 series", count: 1 }]);
    const later = NOW + 20 * 60_000;
    // Only `b` goes on: `a` has been silent for a quarter of an hour.
    expect([...read([series('b', {}, [1, later])], 1, later).refs]).toEqual([2]);
    const room = read([series('c', {}, [1, later])], 1, later + 60_000);
    expect(room.refused).toEqual([]);
    learn(room.draft, () => 9);
    const all = read(
      [series('b', {}, [1, later]), series('c', {}, [1, later]), series('a', {}, [1, later])],
      1,
      later + 61_000,
    );
    expect([...all.refs]).toEqual([2, 9]);
    expect(all.refused).toHaveLength(1);
  });

  it('that the store refused are not offered again for a minute', () => {
    const { read, learn } = reader();
    learn(read([series('a', {}, [1, NOW])]).draft, () => 0);
    const soon = read([series('a', {}, [1, NOW])], 1, NOW + 59_000);
    expect(soon.refused).toEqual([{ reason: 'a series that the store has no room for', count: 1 }]);
    expect(read([series('a', {}, [1, NOW])], 1, NOW + 60_000).fresh).toHaveLength(1);
  });

  it('are found among tens of thousands, each by its own labels', () => {
    const { read, learn, index } = reader(20_000, 100_000);
    const all = Array.from({ length: 20_000 }, (_, i) => series('m', { i: String(i) }, [i, NOW]));
    learn(read(all).draft);
    expect(index.size).toBe(20_000);
    const again = read(all, 2);
    expect(again.fresh).toEqual([]);
    expect([...again.refs]).toEqual(all.map((_, i) => i + 1));
  });

  it('take a bounded place', () => {
    const { read } = reader(1);
    expect(read([series('a', {}, [1, NOW])]).refused).toEqual([]);
    const wide = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`l${i}`, 'x'.repeat(90)]));
    expect(read([series('a', wide, [1, NOW])]).refused[0]?.reason).toContain('limit of 1 series');
  });

  it("get the source's labels, and keep their own under the first free exported name", () => {
    const { fresh } = reader().read([series('a', { env: 'test', exported_env: 'old' }, [1, NOW])], 1, NOW, {
      env: 'live',
      zone: 'z',
    });
    expect({ ...fresh[0] }).toEqual({
      __name__: 'a',
      env: 'live',
      exported_env: 'old',
      exported_exported_env: 'test',
      zone: 'z',
    });
  });
});

describe('a request of more series than one may have', () => {
  it.each([1, 2] as const)('is refused before one of them is read: version %i', (version) => {
    const all = Array.from({ length: 11 }, (_, i) => series('m', { i: String(i) }));
    const over = reader(1_000, 10).read(all, version);
    expect(over.whole).toBe(false);
    expect(over.counted.series).toBe(0);
    expect(reader(1_000, 11).read(all, version)).toMatchObject({ whole: true, counted: { series: 11 } });
  });
});
