import { SECOND_MS } from '../../shared/unit/time.ts';
import { createOwnerTable } from './owner-table.ts';

/** Who brings samples, and how often they are due from it. */
export interface Bringer {
  readonly sourceId: string;
  readonly intervalMs: number;
}

/** Rows of a source that were left out, and the source whose samples of the same series are counted. */
export interface LeftOut {
  readonly owner: string;
  readonly count: number;
}

/**
 * One series has one source at a time, whatever ways it comes by: the first to bring it owns it until it has been silent
 * for two of its intervals, 30 s at least. Samples of others are left out meanwhile, so that nothing is counted twice.
 */
export interface Ownership {
  /**
   * Sets the numbers of rows to 0 that another source owns, and says whose they are.
   * @param at the rows' times, or the one time that all have
   * @param nowMs monotonic
   */
  sift(
    by: Bringer,
    refs: Uint32Array<ArrayBuffer>,
    at: Float64Array | number,
    nowMs: number,
  ): readonly LeftOut[];
  owns(sourceId: string, ref: number): boolean;
  /** The series ended there: whoever brings it next owns it. */
  release(sourceId: string, refs: Iterable<number>): void;
  /** How many series the source owns. */
  count(sourceId: string): number;
  /** The source is gone, or all are: the store may have numbered anew. */
  forget(sourceId: string | null): void;
}

const SILENT_INTERVALS = 2;
const SILENT_MIN_MS = 30 * SECOND_MS;

/** How long a source must be silent before another may take its series over. */
export function silenceMs(intervalMs: number): number {
  return Math.max(SILENT_MIN_MS, SILENT_INTERVALS * intervalMs);
}

interface Known {
  readonly sourceId: string;
  silenceMs: number;
  count: number;
}

export function createOwnership(): Ownership {
  const table = createOwnerTable();
  const places = new Map<string, number>();
  const known: Known[] = [];
  const placeOf = (by: Bringer): number => {
    const found = places.get(by.sourceId) ?? NOBODY;
    const one = known[found - 1];
    if (one) {
      one.silenceMs = silenceMs(by.intervalMs);
      return found;
    }
    known.push({ sourceId: by.sourceId, silenceMs: silenceMs(by.intervalMs), count: 0 });
    places.set(by.sourceId, known.length);
    return known.length;
  };
  const move = (slot: number, to: number) => {
    const from = known[table.ownerAt(slot) - 1];
    if (from) from.count -= 1;
    const next = known[to - 1];
    if (next) next.count += 1;
    table.move(slot, to);
  };
  /** 0 where the row is the source's to bring, else the place of the owner. */
  const rival = (slot: number, place: number, nowMs: number): number => {
    const owner = table.ownerAt(slot);
    if (owner === place) return 0;
    if (owner !== 0 && table.silentMs(slot, nowMs) < (known[owner - 1]?.silenceMs ?? 0)) return owner;
    move(slot, place);
    return 0;
  };

  return {
    sift(by, refs, at, nowMs) {
      const place = placeOf(by);
      const left = new Uint32Array(known.length + 1);
      for (const [row, ref] of refs.entries()) {
        if (ref === 0) continue;
        const slot = table.slotOf(ref, nowMs);
        const owner = rival(slot, place, nowMs);
        const time = typeof at === 'number' ? at : (at[row] ?? 0);
        if (owner === 0 && table.bring(slot, time, nowMs)) continue;
        refs[row] = 0;
        // What the owner before has told already is left out on its account, which index 0 stands for.
        left[owner] = (left[owner] ?? 0) + 1;
      }
      return [...left.entries()].flatMap(([owner, count]) =>
        count === 0 ? [] : [{ owner: known[owner - 1]?.sourceId ?? BEFORE, count }],
      );
    },
    owns: (sourceId, ref) => known[table.ownerOf(ref) - 1]?.sourceId === sourceId,
    release(sourceId, refs) {
      const place = places.get(sourceId) ?? NOBODY;
      for (const ref of refs) table.each(ref, (slot) => table.ownerAt(slot) === place && move(slot, 0));
    },
    count: (sourceId) => known[(places.get(sourceId) ?? 0) - 1]?.count ?? 0,
    forget(sourceId) {
      if (sourceId === null) {
        table.clear();
        for (const one of known) one.count = 0;
        return;
      }
      const place = places.get(sourceId) ?? NOBODY;
      table.each(null, (slot) => table.ownerAt(slot) === place && move(slot, 0));
    },
  };
}

/** The place of a source that never brought anything. */
const NOBODY = -1;

/** Stands for the source that owned the series before. */
const BEFORE = '';

/** Why a sample was left out, in words a person can act on. */
export function leftOutReason(sourceId: string, owner: string): string {
  return owner === BEFORE
    ? `from ${sourceId}, of a time that another source had told already`
    : `from ${sourceId}, of a series that ${owner} brings and owns`;
}
