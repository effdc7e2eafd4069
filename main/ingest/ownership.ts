import { SECOND_MS } from '../../shared/unit/time.ts';

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

const FIRST_SIZE = 1_024;

/** Columns by series number: 100,000 series cost a few megabytes and a batch no objects. */
interface Columns {
  /** 1 + place of the owner, 0 for none. */
  owner: Uint16Array<ArrayBuffer>;
  /** The owner, or the last one where nobody owns it now. */
  brought: Uint16Array<ArrayBuffer>;
  seenMs: Float64Array<ArrayBuffer>;
  /** Time of the newest sample of the owner. */
  newestAt: Float64Array<ArrayBuffer>;
  /** The owner before got this far: what the present one says of the time before has been told already. */
  floorAt: Float64Array<ArrayBuffer>;
}

export function createOwnership(): Ownership {
  let columns = columnsOf(FIRST_SIZE);
  const places = new Map<string, number>();
  const known: Known[] = [];
  const placeOf = (by: Bringer): number => {
    const found = places.get(by.sourceId);
    const one = found === undefined ? undefined : known[found - 1];
    if (found !== undefined && one) {
      one.silenceMs = silenceMs(by.intervalMs);
      return found;
    }
    known.push({ sourceId: by.sourceId, silenceMs: silenceMs(by.intervalMs), count: 0 });
    places.set(by.sourceId, known.length);
    return known.length;
  };
  const move = (ref: number, to: number) => {
    const from = known[(columns.owner[ref] ?? 0) - 1];
    if (from) from.count -= 1;
    const next = known[to - 1];
    if (next) next.count += 1;
    columns.owner[ref] = to;
    if (to !== 0) columns.brought[ref] = to;
  };
  /** 0 where the row is the source's to bring, else the place of the owner. */
  const rival = (ref: number, place: number, nowMs: number): number => {
    const owner = columns.owner[ref] ?? 0;
    if (owner === place) return 0;
    const silentMs = nowMs - (columns.seenMs[ref] ?? 0);
    if (owner !== 0 && silentMs < (known[owner - 1]?.silenceMs ?? 0)) return owner;
    // A source that comes back to its own series may send again what was not kept.
    if (columns.brought[ref] !== place)
      columns.floorAt[ref] = columns.newestAt[ref] ?? Number.NEGATIVE_INFINITY;
    move(ref, place);
    return 0;
  };

  return {
    sift(by, refs, at, nowMs) {
      const place = placeOf(by);
      columns = roomFor(columns, largest(refs));
      const left = new Uint32Array(known.length + 1);
      for (const [row, ref] of refs.entries()) {
        if (ref === 0) continue;
        const time = typeof at === 'number' ? at : (at[row] ?? 0);
        const owner = rival(ref, place, nowMs);
        if (owner === 0) columns.seenMs[ref] = nowMs;
        const told = owner === 0 && time <= (columns.floorAt[ref] ?? Number.NEGATIVE_INFINITY);
        if (owner === 0 && !told) {
          if (time > (columns.newestAt[ref] ?? 0)) columns.newestAt[ref] = time;
          continue;
        }
        refs[row] = 0;
        // What the owner before has told already is left out on its account, which index 0 stands for.
        left[owner] = (left[owner] ?? 0) + 1;
      }
      return [...left.entries()].flatMap(([owner, count]) =>
        count === 0 ? [] : [{ owner: known[owner - 1]?.sourceId ?? BEFORE, count }],
      );
    },
    owns: (sourceId, ref) => known[(columns.owner[ref] ?? 0) - 1]?.sourceId === sourceId,
    release(sourceId, refs) {
      const place = places.get(sourceId) ?? NOBODY;
      for (const ref of refs) if (columns.owner[ref] === place) move(ref, 0);
    },
    count: (sourceId) => known[(places.get(sourceId) ?? 0) - 1]?.count ?? 0,
    forget(sourceId) {
      if (sourceId === null) {
        columns = columnsOf(FIRST_SIZE);
        for (const one of known) one.count = 0;
        return;
      }
      const place = places.get(sourceId) ?? NOBODY;
      columns.owner.forEach((owner, ref) => {
        if (owner === place) move(ref, 0);
      });
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

function largest(refs: Uint32Array): number {
  let most = 0;
  for (const ref of refs) if (ref > most) most = ref;
  return most;
}

function columnsOf(size: number): Columns {
  return {
    owner: new Uint16Array(size),
    brought: new Uint16Array(size),
    seenMs: new Float64Array(size),
    newestAt: new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
    floorAt: new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
  };
}

function roomFor(columns: Columns, ref: number): Columns {
  if (ref < columns.owner.length) return columns;
  const wider = columnsOf(Math.max(ref + 1, 2 * columns.owner.length));
  wider.owner.set(columns.owner);
  wider.brought.set(columns.brought);
  wider.seenMs.set(columns.seenMs);
  wider.newestAt.set(columns.newestAt);
  wider.floorAt.set(columns.floorAt);
  return wider;
}
