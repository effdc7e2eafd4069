import type { Clock } from '../platform/index.ts';
import type { PushBatch, PushOutcome } from './receive-api.ts';

/** What waits for the store at once; past it senders are told to wait. */
const ROWS_MAX = 1_000_000;
/** What one `take` answers at most: the store commits it in one go and must not take long over it. */
const TAKE_ROWS_MAX = 200_000;
const TAKE_BATCHES_MAX = 512;
/** The store has not answered for so long: the sender is told to send again, which stores nothing twice. */
const SETTLE_TIMEOUT_MS = 10_000;

/** Batches between the request that brought them and the store's word on them. */
export interface BatchQueue {
  hasRoom(rows: number): boolean;
  /** Puts a batch in line; answers what became of it, or null where nobody said in time. */
  put(batch: PushBatch): Promise<PushOutcome | null>;
  /** All that waits, bounded; waits until there is something. Empty once closed. */
  take(): Promise<PushBatch[]>;
  settle(outcomes: readonly PushOutcome[]): void;
  waiting(): number;
  close(): void;
}

interface Pending {
  readonly rows: number;
  readonly settle: (outcome: PushOutcome | null) => void;
  readonly cancel: () => void;
}

export function createBatchQueue(clock: Pick<Clock, 'setTimeout'>): BatchQueue {
  const line: PushBatch[] = [];
  const pending = new Map<number, Pending>();
  let rowsWaiting = 0;
  let taker: ((batches: PushBatch[]) => void) | undefined;
  let closed = false;

  const end = (id: number, outcome: PushOutcome | null) => {
    const one = pending.get(id);
    if (!one) return;
    pending.delete(id);
    one.cancel();
    rowsWaiting -= one.rows;
    one.settle(outcome);
  };
  const serve = () => {
    if (!taker || line.length === 0) return;
    let rows = 0;
    let count = 0;
    while (count < Math.min(line.length, TAKE_BATCHES_MAX) && (count === 0 || rows < TAKE_ROWS_MAX)) {
      rows += line[count]?.refs.length ?? 0;
      count += 1;
    }
    const answer = taker;
    taker = undefined;
    answer(line.splice(0, count));
  };
  return {
    hasRoom: (rows) => !closed && (rowsWaiting === 0 || rowsWaiting + rows <= ROWS_MAX),
    put(batch) {
      return new Promise((settle) => {
        const rows = batch.refs.length;
        rowsWaiting += rows;
        const cancel = clock.setTimeout(() => {
          const at = line.findIndex((one) => one.id === batch.id);
          if (at >= 0) line.splice(at, 1);
          end(batch.id, null);
        }, SETTLE_TIMEOUT_MS);
        pending.set(batch.id, { rows, settle, cancel });
        line.push(batch);
        // Others that are being read in this turn of the loop go along.
        if (taker) setImmediate(serve);
      });
    },
    take() {
      taker?.([]);
      if (closed) return Promise.resolve([]);
      return new Promise((resolve) => {
        taker = resolve;
        serve();
      });
    },
    settle(outcomes) {
      for (const outcome of outcomes) end(outcome.id, outcome);
    },
    waiting: () => pending.size,
    close() {
      closed = true;
      line.length = 0;
      for (const id of pending.keys()) end(id, null);
      taker?.([]);
      taker = undefined;
    },
  };
}
