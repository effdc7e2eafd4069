import { z } from 'zod';

/**
 * Why a source was not watched for a while. `unrecorded`: before the watch ledger knows anything of it. `held-up`: the
 * machine was awake and no poll took place. `clock`: the wall clock was set, so what it stood at before says nothing.
 */
export const GapCause = z.enum(['unrecorded', 'stopped', 'asleep', 'held-up', 'failing', 'clock']);
export type GapCause = z.infer<typeof GapCause>;

/** A span of time in which a source was not evaluated, milliseconds UTC. */
export const Unwatched = z.object({
  fromAt: z.number(),
  toAt: z.number(),
  causes: z.array(GapCause),
  /** When its samples were asked for afterwards and had; null while they have not been. */
  filledAt: z.number().nullable(),
  /** What held in it, found afterwards: sentences for people, who were not paged for it. */
  found: z.array(z.string()).optional(),
});
export type Unwatched = z.infer<typeof Unwatched>;

/** What the watch ledger says of one source over a range that was asked for. */
export const WatchRecord = z.object({
  sourceId: z.string(),
  /** Since when anything is recorded of it; null where nothing is. */
  recordedSinceAt: z.number().nullable(),
  /** Ascending, apart from each other, within the range. */
  unwatched: z.array(Unwatched),
});
export type WatchRecord = z.infer<typeof WatchRecord>;

const WORDS: Readonly<Record<GapCause, string>> = {
  unrecorded: 'before the watch began',
  stopped: 'Midwatch was not running',
  asleep: 'the machine slept',
  'held-up': 'Midwatch was held up',
  failing: 'the source did not answer',
  clock: 'the clock was set',
};

/** The causes as one phrase: `the machine slept, the source did not answer`. */
export function causesText(causes: readonly GapCause[]): string {
  return causes.map((cause) => WORDS[cause]).join(', ');
}

/** One list out of several: spans that overlap or are no further apart than that become one with the causes of all. */
export function joinUnwatched(lists: readonly (readonly Unwatched[])[], apartMs = 0): Unwatched[] {
  const joined: Unwatched[] = [];
  for (const span of lists.flat().sort((a, b) => a.fromAt - b.fromAt)) {
    const last = joined.at(-1);
    if (!last || span.fromAt - last.toAt > apartMs) joined.push(span);
    else joined[joined.length - 1] = join(last, span);
  }
  return joined;
}

/** The time that lies in a span of each list, with the causes of all. Each list ascends, its spans apart from each other. */
export function meetUnwatched(lists: readonly (readonly Unwatched[])[]): Unwatched[] {
  const [first = [], ...others] = lists;
  return others.reduce<Unwatched[]>(meet, [...first]);
}

function meet(left: readonly Unwatched[], right: readonly Unwatched[]): Unwatched[] {
  const met: Unwatched[] = [];
  let passed = 0;
  for (const one of left) {
    while ((right[passed]?.toAt ?? Number.POSITIVE_INFINITY) <= one.fromAt) passed += 1;
    for (let next = passed; ; next += 1) {
      const other = right[next];
      if (!other || other.fromAt >= one.toAt) break;
      const [fromAt, toAt] = [Math.max(one.fromAt, other.fromAt), Math.min(one.toAt, other.toAt)];
      met.push({ ...join(one, other), fromAt, toAt });
    }
  }
  return met;
}

function join(one: Unwatched, other: Unwatched): Unwatched {
  const found = [...(one.found ?? []), ...(other.found ?? [])];
  return {
    fromAt: one.fromAt,
    toAt: Math.max(one.toAt, other.toAt),
    causes: [...new Set([...one.causes, ...other.causes])],
    filledAt:
      one.filledAt === null || other.filledAt === null ? null : Math.max(one.filledAt, other.filledAt),
    ...(found.length > 0 ? { found } : {}),
  };
}
