import type { QueryProgress } from '../../shared/model/metric.ts';

const CANCELLED = 0;
const BEGUN = 1;
const SAMPLES_AT_BYTE = 8;

/**
 * A few words of memory that the asker and the evaluating thread share: a thread that evaluates hears no messages, but it
 * can look here whether anybody still waits, and say how far it is.
 */
export class QueryControl {
  readonly buffer: SharedArrayBuffer;
  private readonly words: Int32Array;
  private readonly samples: BigInt64Array;

  constructor(buffer = new SharedArrayBuffer(16)) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
    this.samples = new BigInt64Array(buffer, SAMPLES_AT_BYTE);
  }

  cancel(): void {
    Atomics.store(this.words, CANCELLED, 1);
  }

  isCancelled(): boolean {
    return Atomics.load(this.words, CANCELLED) === 1;
  }

  begin(): void {
    Atomics.store(this.words, BEGUN, 1);
  }

  read(samples: number): void {
    Atomics.store(this.samples, 0, BigInt(samples));
  }

  progress(): QueryProgress {
    return {
      state: Atomics.load(this.words, BEGUN) === 1 ? 'evaluating' : 'waiting',
      samples: Number(Atomics.load(this.samples, 0)),
    };
  }
}
