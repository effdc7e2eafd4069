import { setImmediate } from 'node:timers/promises';
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
  /** Things of one collection in one frame; more are sent in several. */
  readonly frameThings?: number;
  /** The order in which a collection is sent that does not fit into one frame. */
  readonly order?: {
    readonly [Name in CollectionName]?: (one: Collections[Name], other: Collections[Name]) => number;
  };
}

const GATHER_MS = 40;
/** As many as a window takes in between two pictures. */
const FRAME_THINGS = 500;
/** A window that stopped reading must not fill our memory. */
const BUFFER_BYTES = 8 * 1024 * 1024;
const BEAT_MS = 2_000;

type Store = { [Name in CollectionName]: Map<string, Collections[Name]> };

interface Watcher {
  queue: StateFrame[];
  /** What piled up behind the first of the queue. */
  bytes: number;
  /** What of the snapshot has not been sent yet. */
  owed: readonly Owed[];
  wake: () => void;
}

interface Owed {
  readonly name: CollectionName;
  readonly ids: readonly string[];
}

export function createStateHub(options: StateHubOptions): StateHub {
  return new Hub(options);
}

class Hub implements StateHub {
  private readonly options: StateHubOptions;
  private readonly frameThings: number;
  private readonly store: Store;
  private readonly dirty = new Map<CollectionName, Set<string>>();
  private readonly watching = new Set<Watcher>();
  private seq = 0;
  private flushedAt = Number.NEGATIVE_INFINITY;
  private cancelFlush: (() => void) | undefined;
  private stopped = false;

  constructor(options: StateHubOptions) {
    this.options = options;
    this.frameThings = options.frameThings ?? FRAME_THINGS;
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
    const watcher: Watcher = { queue: [], bytes: 0, owed: [], wake: () => undefined };
    this.flush();
    this.watching.add(watcher);
    this.beginAnew(watcher);
    try {
      while (!signal?.aborted && !this.stopped) {
        const frame =
          watcher.queue.shift() ?? (watcher.owed.length > 0 ? await this.part(watcher) : undefined);
        if (frame) {
          if (watcher.queue.length === 0) watcher.bytes = 0;
          yield frame;
        } else if (!(await this.waitFor(watcher, signal)) && !signal?.aborted && !this.stopped) {
          yield { kind: 'beat', ...this.stamp() };
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
    // What came while a part was made has woken nobody.
    if (watcher.queue.length > 0) return Promise.resolve(true);
    if (signal?.aborted) return Promise.resolve(false);
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
    if (this.cancelFlush) return;
    // After a quiet time a change goes out with what the same round changes; while more comes, it is gathered.
    const gatherMs = this.options.gatherMs ?? GATHER_MS;
    const waitMs = Math.max(0, this.flushedAt + gatherMs - this.options.clock.monotonic());
    this.cancelFlush = this.options.clock.setTimeout(() => this.flush(), waitMs);
  }

  private flush(): void {
    this.cancelFlush?.();
    this.cancelFlush = undefined;
    if (this.dirty.size === 0) return;
    this.flushedAt = this.options.clock.monotonic();
    const dirty = [...this.dirty];
    this.dirty.clear();
    for (const changes of this.framesOf(dirty)) this.send(changes);
  }

  /** Few changes go together in one frame, many in several. */
  private framesOf(dirty: readonly (readonly [CollectionName, ReadonlySet<string>])[]): StateChange[][] {
    const small = dirty.filter(([, ids]) => ids.size <= this.frameThings);
    const large = dirty.filter(([, ids]) => ids.size > this.frameThings);
    const together = small.map(([name, ids]) => this.changeOf(name, ids));
    const apart = large.flatMap(([name, ids]) =>
      inParts([...ids], this.frameThings).map((part) => [this.changeOf(name, part)]),
    );
    return together.length === 0 ? apart : [together, ...apart];
  }

  private send(changes: StateChange[]): void {
    this.seq += 1;
    const frame: StateFrame = { kind: 'patch', ...this.stamp(), changes };
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
    if (watcher.bytes > (this.options.bufferBytes ?? BUFFER_BYTES)) this.beginAnew(watcher);
    else watcher.queue.push(frame);
    watcher.wake();
  }

  private changeOf(name: CollectionName, ids: Iterable<string>): StateChange {
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

  /** A snapshot that fits into a frame; what does not is owed, and sent as soon as the window has taken the frame. */
  private beginAnew(watcher: Watcher): void {
    const all = collectionNames.map((name) => ({ name, ids: this.idsOf(name) }));
    watcher.owed = all
      .map(({ name, ids }) => ({ name, ids: ids.slice(this.frameThings) }))
      .filter(({ ids }) => ids.length > 0);
    watcher.bytes = 0;
    const changes = all.map(({ name, ids }) => this.changeOf(name, ids.slice(0, this.frameThings)));
    watcher.queue = [{ kind: 'snapshot', ...this.stamp(), changes, rest: restOf(watcher.owed) }];
  }

  /** The next part of what is owed, as it is now; first all that changed up to now, so that the part is never older. */
  private async part(watcher: Watcher): Promise<StateFrame | undefined> {
    // Everybody else comes between two parts: polls, decisions, other windows.
    await setImmediate();
    this.flush();
    const [next, ...others] = watcher.owed;
    if (!next) return undefined;
    const waiting = watcher.queue.shift();
    if (waiting) return waiting;
    const ids = next.ids.slice(this.frameThings);
    watcher.owed = ids.length > 0 ? [{ name: next.name, ids }, ...others] : others;
    const change = this.changeOf(next.name, next.ids.slice(0, this.frameThings));
    return { kind: 'part', ...this.stamp(), changes: [change], rest: restOf(watcher.owed) };
  }

  private idsOf<Name extends CollectionName>(name: Name): string[] {
    const collection: ReadonlyMap<string, Collections[Name]> = this.store[name];
    const order = this.options.order?.[name];
    if (order === undefined || collection.size <= this.frameThings) return [...collection.keys()];
    return [...collection].sort(([, one], [, other]) => order(one, other)).map(([id]) => id);
  }

  private stamp() {
    return { epoch: this.options.epoch, seq: this.seq, at: this.options.clock.now() };
  }
}

function restOf(owed: readonly Owed[]): number {
  return owed.reduce((sum, { ids }) => sum + ids.length, 0);
}

function inParts(ids: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, part) =>
    ids.slice(part * size, (part + 1) * size),
  );
}
