import type { Detector, DetectorStatus } from '../../shared/model/detector.ts';
import type { Labels } from '../../shared/model/metric.ts';
import { HOUR_MS } from '../../shared/unit/time.ts';
import type { KeyedSeries } from './ask.ts';

/** A series that has answered, and when it last did. */
export interface KnownSeries {
  readonly labels: Labels;
  readonly seenAt: number;
}

/** What the main thread remembers of one detector; the numbers of its series are the worker's. */
export interface DetectorMemory {
  status: DetectorStatus | null;
  /** When the worker was last given points; null while it must be warmed up. */
  fedAt: number | null;
  readonly known: Map<string, KnownSeries>;
  /** Nothing new can have come since the last points. */
  isFresh(at: number): boolean;
  /** The worker's baseline ends shortly before now. */
  isWarm(at: number): boolean;
  saw(series: readonly KeyedSeries[], at: number): void;
}

/** After this many steps without points the baseline is another time's: it is made again from history. */
const GAP_STEPS = 5;
/** A series that has not answered for this long is gone, and nothing is said of it any more. */
const FORGET_AFTER_MS = HOUR_MS;

export function createMemory(stepMs: number) {
  const memories = new Map<string, { readonly text: string; readonly memory: DetectorMemory }>();
  return {
    /** A detector that was changed begins anew. */
    of(detector: Detector): DetectorMemory {
      const text = JSON.stringify(detector);
      const found = memories.get(detector.id);
      if (found?.text === text) return found.memory;
      const memory = startMemory(stepMs);
      memories.set(detector.id, { text, memory });
      return memory;
    },
    forgetFed() {
      for (const { memory } of memories.values()) memory.fedAt = null;
    },
    retain(ids: ReadonlySet<string>) {
      for (const id of memories.keys()) if (!ids.has(id)) memories.delete(id);
    },
  };
}

function startMemory(stepMs: number): DetectorMemory {
  const known = new Map<string, KnownSeries>();
  return {
    status: null,
    fedAt: null,
    known,
    isFresh(at) {
      return this.fedAt !== null && at >= this.fedAt && at - this.fedAt < 0.9 * stepMs;
    },
    isWarm(at) {
      return this.fedAt !== null && at > this.fedAt && at - this.fedAt <= GAP_STEPS * stepMs;
    },
    saw(series, at) {
      for (const one of series) known.set(one.key, { labels: one.labels, seenAt: at });
      for (const [key, one] of known) if (at - one.seenAt > FORGET_AFTER_MS) known.delete(key);
    },
  };
}
