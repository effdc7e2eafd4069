import type Database from 'better-sqlite3';
import type { SampleBatch, SeriesBlock } from './metric-api.ts';
import { type HeadRow, refsOf } from './metric-compact.ts';
import { isAscending } from './metric-merge.ts';
import { wordsOf } from './metric-stale.ts';

/** The batches that are not packed yet, as the writer knows them. */
export interface Head {
  /** One row a batch: thousands of series each second cost one insert. */
  insert(at: number, refs: Uint32Array, values: Float64Array): void;
  rows(): HeadRow[];
  samples(): number;
  /** ±∞ where the head is empty. */
  oldestAt(): number;
  newestAt(): number;
  /** The newest sample that lay in the head when this was first asked, or −∞. */
  newestAtOpening(ref: number): number;
  /** Reads its totals again, after batches were packed. */
  refresh(): void;
}

export function openHead(db: Database.Database): Head {
  const insert = db.prepare('INSERT INTO head (at, refs, vals) VALUES (?, ?, ?)');
  const all = db.prepare<[], HeadRow>('SELECT id, at, refs, vals FROM head ORDER BY id');
  const totals = db.prepare<[], { bytes: number | null; oldest: number | null; newest: number | null }>(
    'SELECT sum(length(refs)) AS bytes, min(at) AS oldest, max(at) AS newest FROM head',
  );
  // Read with the first sample that needs it: a restart need not wait for a whole head to be looked through.
  let newestBefore: Map<number, number> | undefined;
  const atOpening = () => {
    if (newestBefore) return newestBefore;
    newestBefore = new Map();
    for (const row of all.iterate())
      for (const ref of refsOf(row)) {
        const known = newestBefore.get(ref);
        if (known === undefined || known < row.at) newestBefore.set(ref, row.at);
      }
    return newestBefore;
  };
  let samples = 0;
  let oldestAt = Number.POSITIVE_INFINITY;
  let newestAt = Number.NEGATIVE_INFINITY;
  const refresh = () => {
    const row = totals.get();
    samples = (row?.bytes ?? 0) / 4;
    oldestAt = row?.oldest ?? Number.POSITIVE_INFINITY;
    newestAt = row?.newest ?? Number.NEGATIVE_INFINITY;
  };
  refresh();
  return {
    insert(at, refs, values) {
      insert.run(at, bytes(refs), bytes(values));
      samples += refs.length;
      oldestAt = Math.min(oldestAt, at);
      newestAt = Math.max(newestAt, at);
    },
    rows: () => all.all(),
    samples: () => samples,
    oldestAt: () => oldestAt,
    newestAt: () => newestAt,
    newestAtOpening: (ref) => atOpening().get(ref) ?? Number.NEGATIVE_INFINITY,
    refresh,
  };
}

function bytes(array: Uint32Array | Float64Array): Buffer {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength);
}

/** What of a batch is stored, by the rule for doubtful samples. */
export interface Chosen {
  readonly refs: Uint32Array;
  readonly values: Float64Array;
  readonly duplicates: number;
  readonly outOfOrder: number;
  readonly unknown: number;
}

export function choose(
  batch: SampleBatch,
  newestOf: (ref: number) => number,
  has: (ref: number) => boolean,
): Chosen {
  const keep: number[] = [];
  const seen = new Set<number>();
  let duplicates = 0;
  let outOfOrder = 0;
  let unknown = 0;
  for (let i = 0; i < batch.refs.length; i += 1) {
    const ref = batch.refs[i] ?? 0;
    const newest = newestOf(ref);
    if (!has(ref)) unknown += 1;
    else if (newest === batch.at || seen.has(ref)) duplicates += 1;
    else if (newest > batch.at) outOfOrder += 1;
    else {
      keep.push(i);
      seen.add(ref);
    }
  }
  const counts = { duplicates, outOfOrder, unknown };
  if (keep.length === batch.refs.length) return { refs: batch.refs, values: batch.values, ...counts };
  const refs = Uint32Array.from(keep, (index) => batch.refs[index] ?? 0);
  return { refs, values: pick(batch.values, keep), ...counts };
}

/** Copies bits, not numbers: a stale marker must stay one. */
export function pick(values: Float64Array, indices: ArrayLike<number>): Float64Array {
  const out = new Float64Array(indices.length);
  const from = wordsOf(values);
  const to = wordsOf(out);
  for (let i = 0; i < indices.length; i += 1) {
    const index = indices[i] ?? 0;
    to[i * 2] = from[index * 2] ?? 0;
    to[i * 2 + 1] = from[index * 2 + 1] ?? 0;
  }
  return out;
}

/** A batch of the wrong shape is a bug of the caller. */
export function requireBatch(batch: SampleBatch): void {
  if (batch.refs.length !== batch.values.length)
    throw new Error(`A batch has ${batch.refs.length} series and ${batch.values.length} values.`);
  if (!Number.isSafeInteger(batch.at) || batch.at < 0)
    throw new Error(`A batch has the time ${batch.at}, which is not a whole number of milliseconds.`);
}

export function requireBlock(block: SeriesBlock): void {
  if (block.times.length !== block.values.length)
    throw new Error(`A block has ${block.times.length} times and ${block.values.length} values.`);
  if (!isAscending(block.times) || !block.times.every((at) => Number.isSafeInteger(at)))
    throw new Error('The times of a block must be whole milliseconds and ascend.');
}
