import type { Clock } from '../platform/index.ts';

/** A message of this size leaves room on its line for the others: the beats by which a window knows that the core lives. */
const PART_BYTES = 256 * 1024;
/** Parts that nobody has come for by then belong to a window that is gone. */
const KEPT_MS = 60_000;
const HELD_BYTES_MAX = 512 * 1024 * 1024;

interface Held {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly asked: Set<number>;
  readonly parts: number;
  readonly at: number;
}

interface FirstPart {
  readonly first: Blob;
  /** How the rest is asked for; null where there is none. */
  readonly more: { readonly answer: string; readonly parts: number } | null;
}

/** Large answers wait here while their window fetches them part by part. */
export function createRangeParts(clock: Pick<Clock, 'monotonic'>) {
  const held = new Map<string, Held>();
  let last = 0;
  const forget = () => {
    const now = clock.monotonic();
    let bytes = 0;
    // The newest stays whatever its size: its window is about to come for it.
    for (const [index, [answer, one]] of [...held].reverse().entries()) {
      bytes += one.bytes.length;
      if (now - one.at > KEPT_MS || (index > 0 && bytes > HELD_BYTES_MAX)) held.delete(answer);
    }
  };
  return {
    hold(bytes: Uint8Array<ArrayBuffer>): FirstPart {
      forget();
      const parts = Math.ceil(bytes.length / PART_BYTES);
      if (parts <= 1) return { first: new Blob([bytes]), more: null };
      last += 1;
      const answer = `answer-${last}`;
      held.set(answer, { bytes, at: clock.monotonic(), asked: new Set([0]), parts });
      forget();
      return { first: partOf(bytes, 0), more: { answer, parts } };
    },
    /** Once each part was asked for the answer is forgotten. */
    part(answer: string, part: number): Blob | undefined {
      forget();
      const found = held.get(answer);
      if (!found || part * PART_BYTES >= found.bytes.length) return undefined;
      found.asked.add(part);
      if (found.asked.size === found.parts) held.delete(answer);
      return partOf(found.bytes, part);
    },
  };
}

function partOf(bytes: Uint8Array<ArrayBuffer>, part: number): Blob {
  return new Blob([bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)]);
}
