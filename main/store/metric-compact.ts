import type Database from 'better-sqlite3';
import type { MetricLimits } from './metric-api.ts';
import type { Samples } from './metric-chunk.ts';
import type { ChunkHistory } from './metric-history.ts';
import { wordsOf } from './metric-stale.ts';

/** A batch as it lies in the head table. */
export interface HeadRow {
  readonly id: number;
  readonly at: number;
  readonly refs: Uint8Array;
  readonly vals: Uint8Array;
}

// A blob is a view of memory that it does not own, at any offset; `new Uint8Array` copies it to the start of its own.
export function refsOf(row: HeadRow): Uint32Array {
  return new Uint32Array(new Uint8Array(row.refs).buffer);
}

export function valuesOf(row: HeadRow): Float64Array {
  return new Float64Array(new Uint8Array(row.vals).buffer);
}

/**
 * Turns batches around: from one instant of many series into many instants of one series each.
 * @param wanted only these; all of them where it is left out
 */
export function samplesBySeries(
  rows: readonly HeadRow[],
  wanted?: ReadonlySet<number>,
): Map<number, Samples> {
  if (wanted) return samplesOf(rows, wanted);
  const batches = rows.map(batchOf);
  const counts = new Map<number, number>();
  for (const { refs } of batches) for (const ref of refs) counts.set(ref, (counts.get(ref) ?? 0) + 1);
  const filling = new Map<number, Samples & { readonly words: Uint32Array; filled: number }>();
  for (const [ref, count] of counts) {
    const values = new Float64Array(count);
    filling.set(ref, { times: new Float64Array(count), values, words: wordsOf(values), filled: 0 });
  }
  for (const { at, refs, words } of batches) {
    for (let i = 0; i < refs.length; i += 1) {
      const target = filling.get(refs[i] ?? 0);
      if (!target) continue;
      const index = target.filled;
      target.times[index] = at;
      target.words[index * 2] = words[i * 2] ?? 0;
      target.words[index * 2 + 1] = words[i * 2 + 1] ?? 0;
      target.filled = index + 1;
    }
  }
  return filling;
}

function batchOf(row: HeadRow) {
  return { at: row.at, refs: refsOf(row), words: wordsOf(valuesOf(row)) };
}

/** Few of many series: their places are looked up in a table, as a head has millions of numbers to be passed over. */
function samplesOf(rows: readonly HeadRow[], wanted: ReadonlySet<number>): Map<number, Samples> {
  const series = Array.from(wanted, (ref) => ({ ref, times: [] as number[], words: [] as number[] }));
  const places = placesOf(series.map(({ ref }) => ref));
  for (const row of rows) {
    const { at, refs, words } = batchOf(row);
    for (let i = 0; i < refs.length; i += 1) {
      const place = places(refs[i] ?? 0);
      const target = place === 0 ? undefined : series[place - 1];
      target?.times.push(at);
      target?.words.push(words[i * 2] ?? 0, words[i * 2 + 1] ?? 0);
    }
  }
  return new Map(
    series.flatMap(({ ref, times, words }) => {
      if (times.length === 0) return [];
      const values = new Float64Array(times.length);
      wordsOf(values).set(words);
      return [[ref, { times: Float64Array.from(times), values }] as const];
    }),
  );
}

/** Numbers further apart are looked up in a map. */
const SPAN_MAX = 8_000_000;

/** The place of each number from 1 on; 0 for all others. */
function placesOf(refs: readonly number[]): (ref: number) => number {
  const first = refs.reduce((least, ref) => Math.min(least, ref), Number.POSITIVE_INFINITY);
  const last = refs.reduce((most, ref) => Math.max(most, ref), 0);
  const span = last - first + 1;
  if (!(span <= SPAN_MAX)) {
    const known = new Map(refs.map((ref, place) => [ref, place + 1]));
    return (ref) => known.get(ref) ?? 0;
  }
  const table = new Uint32Array(span);
  refs.forEach((ref, place) => {
    table[ref - first] = place + 1;
  });
  return (ref) => (ref >= first && ref <= last ? (table[ref - first] ?? 0) : 0);
}

/**
 * Packs the oldest batches, at most the limit's number of samples, in one transaction: all of it is seen, or nothing.
 * Answers the samples packed.
 */
export function createPacker(
  db: Database.Database,
  history: ChunkHistory,
  limits: MetricLimits,
): () => number {
  const oldest = db.prepare<[], HeadRow>('SELECT id, at, refs, vals FROM head ORDER BY id');
  const remove = db.prepare<[number]>('DELETE FROM head WHERE id <= ?');
  // Readers compare it with the last batch that they saw: what was packed unseen, they must fetch from the chunks.
  const packedTo = db.prepare<[number]>('UPDATE generation SET packed = ?');
  return db.transaction(() => {
    const rows: HeadRow[] = [];
    let samples = 0;
    for (const row of oldest.iterate()) {
      const count = row.refs.length / 4;
      if (rows.length > 0 && samples + count > limits.packSamplesMax) break;
      rows.push(row);
      samples += count;
    }
    const last = rows.at(-1);
    if (!last) return 0;
    const series = samplesBySeries(rows);
    for (const [ref, part] of series) history.add(ref, part, false);
    remove.run(last.id);
    packedTo.run(last.id);
    return samples;
  }).immediate;
}

/** Bytes in use; free pages inside the file are filled again before it grows. */
export function usedBytes(db: Database.Database): number {
  const number = (pragma: string) => Number(db.pragma(pragma, { simple: true }));
  return (number('page_count') - number('freelist_count')) * number('page_size');
}
