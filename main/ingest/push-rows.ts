import type { WorkerHandle } from '../platform/index.ts';
import type { PushBatch } from '../receive/index.ts';
import type { MetricWriterApi } from '../store/index.ts';

/** Rows of many series, each with a time of its own. */
export interface RowBatch {
  readonly refs: Uint32Array<ArrayBuffer>;
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
}

/** Puts the rows that have a number behind each other, one batch after the other, in the order they came. */
export function joinRows(batches: readonly Pick<PushBatch, 'refs' | 'times' | 'values'>[]): RowBatch {
  const count = batches.reduce((sum, batch) => sum + numbered(batch.refs), 0);
  const refs = new Uint32Array(count);
  const times = new Float64Array(count);
  // Bit by bit: a stale marker is a NaN of a certain kind, which a copied number may lose.
  const words = new Uint32Array(2 * count);
  let row = 0;
  for (const batch of batches) {
    const from = new Uint32Array(batch.values.buffer, batch.values.byteOffset, 2 * batch.values.length);
    for (const [index, ref] of batch.refs.entries()) {
      if (ref === 0) continue;
      refs[row] = ref;
      times[row] = batch.times[index] ?? 0;
      words[2 * row] = from[2 * index] ?? 0;
      words[2 * row + 1] = from[2 * index + 1] ?? 0;
      row += 1;
    }
  }
  return { refs, times, values: new Float64Array(words.buffer) };
}

function numbered(refs: Uint32Array): number {
  let count = 0;
  for (const ref of refs) if (ref !== 0) count += 1;
  return count;
}

/** Writes the numbers of a batch's fresh series into its rows. */
export function numberRows(batch: PushBatch, refs: Uint32Array): void {
  for (const [index, row] of batch.freshRows.entries())
    batch.refs[row] = refs[batch.freshOf[index] ?? 0] ?? 0;
}

/** Stores rows instant by instant, the oldest first, as the store takes them. */
export async function appendRows(store: WorkerHandle<MetricWriterApi>, rows: RowBatch) {
  const sum = { accepted: 0, duplicates: 0, outOfOrder: 0, unknown: 0 };
  const order = [...rows.times.keys()].sort((a, b) => (rows.times[a] ?? 0) - (rows.times[b] ?? 0));
  for (let from = 0; from < order.length; ) {
    const at = rows.times[order[from] ?? 0] ?? 0;
    let to = from + 1;
    while (to < order.length && rows.times[order[to] ?? 0] === at) to += 1;
    const chosen = order.slice(from, to);
    const batch = {
      at,
      refs: Uint32Array.from(chosen, (row) => rows.refs[row] ?? 0),
      values: pickValues(rows.values, chosen),
    };
    from = to;
    const appended = await store.call.append(batch);
    sum.accepted += appended.accepted;
    sum.duplicates += appended.duplicates;
    sum.outOfOrder += appended.outOfOrder;
    sum.unknown += appended.unknown;
  }
  return sum;
}

function pickValues(values: Float64Array<ArrayBuffer>, rows: readonly number[]): Float64Array<ArrayBuffer> {
  const from = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const words = new Uint32Array(2 * rows.length);
  for (const [index, row] of rows.entries()) {
    words[2 * index] = from[2 * row] ?? 0;
    words[2 * index + 1] = from[2 * row + 1] ?? 0;
  }
  return new Float64Array(words.buffer);
}
