import {
  type CollectionName,
  type Collections,
  collectionNames,
  identityOf,
  type StateChange,
  type StateFrame,
} from '../../shared/contract/state.ts';
import type { Clock } from '../platform/index.ts';

/** What stages publish to and windows watch: all that a window mirrors, as a snapshot and numbered patches. */
export interface StateHub {
  put<Name extends CollectionName>(name: Name, things: readonly Collections[Name][]): void;
  remove(name: CollectionName, ids: readonly string[]): void;
  /** Makes the collection exactly these things. */
  replace<Name extends CollectionName>(name: Name, things: readonly Collections[Name][]): void;
  get<Name extends CollectionName>(name: Name): readonly Collections[Name][];
  /** Frames for one window until the signal aborts; always begins with a snapshot. */
  watch(signal: AbortSignal | undefined): AsyncGenerator<StateFrame, void>;
  watchers(): number;
  stop(): void;
}

export interface StateHubOptions {
  readonly clock: Clock;
  /** Drawn at each start: a window that sees another one forgets all it knew. */
  readonly epoch: string;
  /** Changes are gathered this long before they are sent. */
  readonly gatherMs?: number;
  /** What one window may have waiting before it is resynchronised by a snapshot, in bytes of JSON. */
  readonly bufferBytes?: number;
}

const GATHER_MS = 40;
/** A window that stopped reading must not fill our memory. */
const BUFFER_BYTES = 8 * 1024 * 1024;
const BEAT_MS = 2_000;

type Store = { [Name in CollectionName]: Map<string, Collections[Name]> };

interface Watcher {
  queue: StateFrame[];
  /** What piled up behind the first of the queue. */
  bytes: number;
  wake: () => void;
}

export function createStateHub(options: StateHubOptions): StateHub {
  return new Hub(options);
}

class Hub implements StateHub {
  private readonly options: StateHubOptions;
  private readonly store: Store;
  private readonly dirty = new Map<CollectionName, Set<string>>();
  private readonly watching = new Set<Watcher>();
  private seq = 0;
  private cancelFlush: (() => void) | undefined;
  private stopped = false;

  constructor(options: StateHubOptions) {
    this.options = options;
    this.store = Object.fromEntries(collectionNames.map((name) => [name, new Map()])) as unknown as Store;
  }

  put<Name extends CollectionName>(name: Name, things: readonly Collections[Name][]): void {
    const collection: Map<string, Collections[Name]> = this.store[name];
    for (const thing of things) {
      const id = identityOf(name, thing);
      collection.set(id, thing);
      this.mark(name, id);
    }
  }

  remove(name: CollectionName, ids: readonly string[]): void {
    for (const id of ids) if (this.store[name].delete(id)) this.mark(name, id);
  }

  replace<Name extends CollectionName>(name: Name, things: readonly Collections[Name][]): void {
    const kept = new Set(things.map((thing) => identityOf(name, thing)));
    this.remove(
      name,
      [...this.store[name].keys()].filter((id) => !kept.has(id)),
    );
    this.put(name, things);
  }

  get<Name extends CollectionName>(name: Name): readonly Collections[Name][] {
    const collection: Map<string, Collections[Name]> = this.store[name];
    return [...collection.values()];
  }

  watchers(): number {
    return this.watching.size;
  }

  async *watch(signal: AbortSignal | undefined): AsyncGenerator<StateFrame, void> {
    const watcher: Watcher = { queue: [], bytes: 0, wake: () => undefined };
    this.flush();
    this.watching.add(watcher);
    watcher.queue.push(this.snapshot());
    try {
      while (!signal?.aborted && !this.stopped) {
        const frame = watcher.queue.shift();
        if (frame) {
          if (watcher.queue.length === 0) watcher.bytes = 0;
          yield frame;
        } else if (!(await this.waitFor(watcher, signal)) && !signal?.aborted && !this.stopped) {
          yield { kind: 'beat', epoch: this.options.epoch, seq: this.seq, at: this.options.clock.now() };
        }
      }
    } finally {
      this.watching.delete(watcher);
    }
  }

  stop(): void {
    this.stopped = true;
    this.cancelFlush?.();
    for (const watcher of this.watching) watcher.wake();
  }

  /** True when something is there, false when only time has passed. */
  private waitFor(watcher: Watcher, signal: AbortSignal | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (found: boolean) => {
        cancel();
        signal?.removeEventListener('abort', aborted);
        resolve(found);
      };
      const aborted = () => done(false);
      const cancel = this.options.clock.setTimeout(() => done(false), BEAT_MS);
      watcher.wake = () => done(true);
      signal?.addEventListener('abort', aborted, { once: true });
    });
  }

  private mark(name: CollectionName, id: string): void {
    const ids = this.dirty.get(name) ?? new Set();
    ids.add(id);
    this.dirty.set(name, ids);
    this.cancelFlush ??= this.options.clock.setTimeout(
      () => this.flush(),
      this.options.gatherMs ?? GATHER_MS,
    );
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    if (this.dirty.size === 0) return;
    const changes = [...this.dirty].map(([name, ids]) => this.changeOf(name, ids));
    this.dirty.clear();
    this.seq += 1;
    const frame: StateFrame = {
      kind: 'patch',
      epoch: this.options.epoch,
      seq: this.seq,
      at: this.options.clock.now(),
      changes,
    };
    if (this.watching.size === 0) return;
    // Measured only where it piles up: a window that keeps up takes each frame before the next comes.
    let measured: number | undefined;
    const bytes = () => {
      measured ??= JSON.stringify(frame).length;
      return measured;
    };
    for (const watcher of this.watching) this.offer(watcher, frame, bytes);
  }

  private offer(watcher: Watcher, frame: StateFrame, bytes: () => number): void {
    if (watcher.queue.length > 0) watcher.bytes += bytes();
    if (watcher.bytes > (this.options.bufferBytes ?? BUFFER_BYTES)) {
      watcher.queue = [this.snapshot()];
      watcher.bytes = 0;
    } else watcher.queue.push(frame);
    watcher.wake();
  }

  private changeOf(name: CollectionName, ids: ReadonlySet<string>): StateChange {
    const collection: ReadonlyMap<string, Collections[CollectionName]> = this.store[name];
    const upsert: Collections[CollectionName][] = [];
    const remove: string[] = [];
    for (const id of ids) {
      const thing = collection.get(id);
      if (thing === undefined) remove.push(id);
      else upsert.push(thing);
    }
    return { collection: name, upsert, remove } as StateChange;
  }

  private snapshot(): StateFrame {
    const changes = collectionNames.map((name) => this.changeOf(name, new Set(this.store[name].keys())));
    return {
      kind: 'snapshot',
      epoch: this.options.epoch,
      seq: this.seq,
      at: this.options.clock.now(),
      changes,
    };
  }
}
