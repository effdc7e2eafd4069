/**
 * What is remembered of streams between requests, by source. Deltas cannot be added up without it, so it is bounded by
 * refusing new streams by name rather than by forgetting running ones.
 */
export interface StreamTable<S> {
  /** Begins one request: what it changes counts from `commit`, so that a refused body has changed nothing. */
  begin(sourceId: string, now: number): StreamChanges<S>;
  /** Numbers remembered for a source, for tests and for showing. */
  weight(sourceId: string): number;
}

export interface StreamChanges<S> {
  get(key: string): S | undefined;
  /** False where there is no room for a new stream; nothing was remembered then. */
  set(key: string, stream: S, weight: number): boolean;
  commit(): void;
}

export interface StreamLimits {
  /** Numbers remembered for a source: one for a counter, one a bucket for a histogram. */
  readonly weightMax: number;
  /** A stream that is silent for longer is forgotten; if it comes back it begins at zero. */
  readonly idleMs: number;
}

export const STREAM_LIMITS: StreamLimits = { weightMax: 400_000, idleMs: 3_600_000 };

interface Remembered<S> {
  readonly stream: S;
  readonly weight: number;
  readonly at: number;
}

interface SourceStreams<S> {
  /** The one heard of longest ago first. */
  readonly streams: Map<string, Remembered<S>>;
  weight: number;
}

export function createStreamTable<S>(limits: StreamLimits): StreamTable<S> {
  const sources = new Map<string, SourceStreams<S>>();
  const forgetIdle = (now: number): void => {
    for (const [id, source] of sources) {
      for (const [key, one] of source.streams) {
        if (now - one.at <= limits.idleMs) break;
        source.streams.delete(key);
        source.weight -= one.weight;
      }
      if (source.streams.size === 0) sources.delete(id);
    }
  };
  return {
    begin(sourceId, now) {
      forgetIdle(now);
      const source = sources.get(sourceId) ?? { streams: new Map<string, Remembered<S>>(), weight: 0 };
      const changed = new Map<string, Remembered<S>>();
      let added = 0;
      return {
        get: (key) => (changed.get(key) ?? source.streams.get(key))?.stream,
        set(key, stream, weight) {
          const before = (changed.get(key) ?? source.streams.get(key))?.weight ?? 0;
          if (before === 0 && source.weight + added + weight > limits.weightMax) return false;
          added += weight - before;
          changed.set(key, { stream, weight, at: now });
          return true;
        },
        commit() {
          for (const [key, one] of changed) {
            source.streams.delete(key);
            source.streams.set(key, one);
          }
          source.weight += added;
          if (source.streams.size > 0) sources.set(sourceId, source);
        },
      };
    },
    weight: (sourceId) => sources.get(sourceId)?.weight ?? 0,
  };
}
