import { HOUR_MS } from '../../shared/unit/time.ts';

/** Who brings which series, in columns: 100,000 series cost a few megabytes and a batch no objects. Owners are places above 0. */
export interface OwnerTable {
  slotOf(ref: number, nowMs: number): number;
  /** 0: nobody owns it. */
  ownerAt(slot: number): number;
  ownerOf(ref: number): number;
  silentMs(slot: number, nowMs: number): number;
  move(slot: number, to: number): void;
  /** A sample of the owner; false where an owner before it has told that time already. */
  bring(slot: number, at: number, nowMs: number): boolean;
  /** Does the work for the slot of one series, if it is known, or for all. */
  each(ref: number | null, work: (slot: number) => void): void;
  clear(): void;
}

const FIRST_SIZE = 1_024;
/** A series that nobody brought for so long needs no owner: whoever brings it next is the first. */
const FORGOTTEN_MS = HOUR_MS;

interface Columns {
  readonly owner: Uint16Array<ArrayBuffer>;
  /** The owner, or the last one where nobody owns it now. */
  readonly brought: Uint16Array<ArrayBuffer>;
  readonly seenMs: Float64Array<ArrayBuffer>;
  /** Time of the newest sample of the owner. */
  readonly newestAt: Float64Array<ArrayBuffer>;
  /** The owner before got this far: what the present one says of the time before has been told already. */
  readonly floorAt: Float64Array<ArrayBuffer>;
}

export function createOwnerTable(): OwnerTable {
  // The store's numbers may begin anywhere, so they are no places in a column.
  const slots = new Map<number, number>();
  let columns = columnsOf(FIRST_SIZE);
  let free: number[] = [];
  let used = 0;

  const makeRoom = (nowMs: number) => {
    for (const [ref, slot] of slots) {
      if (columns.owner[slot] !== 0 || nowMs - (columns.seenMs[slot] ?? 0) < FORGOTTEN_MS) continue;
      slots.delete(ref);
      free.push(slot);
    }
    if (free.length === 0) columns = widened(columns);
  };
  const take = (nowMs: number): number => {
    if (free.length === 0 && used === columns.owner.length) makeRoom(nowMs);
    const again = free.pop();
    const slot = again ?? used;
    if (again === undefined) used += 1;
    columns.owner[slot] = 0;
    columns.brought[slot] = 0;
    columns.seenMs[slot] = nowMs;
    columns.newestAt[slot] = Number.NEGATIVE_INFINITY;
    columns.floorAt[slot] = Number.NEGATIVE_INFINITY;
    return slot;
  };

  return {
    slotOf(ref, nowMs) {
      const known = slots.get(ref);
      if (known !== undefined) return known;
      const slot = take(nowMs);
      slots.set(ref, slot);
      return slot;
    },
    ownerAt: (slot) => columns.owner[slot] ?? 0,
    ownerOf(ref) {
      const slot = slots.get(ref);
      return slot === undefined ? 0 : (columns.owner[slot] ?? 0);
    },
    silentMs: (slot, nowMs) => nowMs - (columns.seenMs[slot] ?? 0),
    move(slot, to) {
      // A source that comes back to its own series may send again what was not kept.
      if (to !== 0 && columns.brought[slot] !== to)
        columns.floorAt[slot] = columns.newestAt[slot] ?? Number.NEGATIVE_INFINITY;
      if (to !== 0) columns.brought[slot] = to;
      columns.owner[slot] = to;
    },
    bring(slot, at, nowMs) {
      columns.seenMs[slot] = nowMs;
      if (at <= (columns.floorAt[slot] ?? Number.NEGATIVE_INFINITY)) return false;
      if (at > (columns.newestAt[slot] ?? Number.NEGATIVE_INFINITY)) columns.newestAt[slot] = at;
      return true;
    },
    each(ref, work) {
      if (ref === null) for (const slot of slots.values()) work(slot);
      else {
        const slot = slots.get(ref);
        if (slot !== undefined) work(slot);
      }
    },
    clear() {
      slots.clear();
      columns = columnsOf(FIRST_SIZE);
      free = [];
      used = 0;
    },
  };
}

function columnsOf(size: number): Columns {
  return {
    owner: new Uint16Array(size),
    brought: new Uint16Array(size),
    seenMs: new Float64Array(size),
    newestAt: new Float64Array(size),
    floorAt: new Float64Array(size),
  };
}

function widened(columns: Columns): Columns {
  const wider = columnsOf(2 * columns.owner.length);
  wider.owner.set(columns.owner);
  wider.brought.set(columns.brought);
  wider.seenMs.set(columns.seenMs);
  wider.newestAt.set(columns.newestAt);
  wider.floorAt.set(columns.floorAt);
  return wider;
}
