/** A piece of the old text, by its lines, and what stands there in the new. */
export interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** More differences than these are one replacement: the search grows with their square. */
const DIFFERENCES_MAX = 400;

/**
 * What makes `after` of `before`, as few lines as possible.
 * Source: E. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986), https://doi.org/10.1007/BF01840446
 */
export function diffLines(before: readonly string[], after: readonly string[]): Hunk[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end += 1;
  const old = before.slice(start, before.length - end);
  const fresh = after.slice(start, after.length - end);
  if (old.length === 0 && fresh.length === 0) return [];
  return between(old, fresh, matches(old, fresh)).map((hunk) => ({
    ...hunk,
    from: start + hunk.from,
    to: start + hunk.to,
  }));
}

type Pair = readonly [number, number];

/** What lies between the lines that stay, where it differs. */
function between(old: readonly string[], fresh: readonly string[], kept: readonly Pair[]): Hunk[] {
  const hunks: Hunk[] = [];
  let [x, y] = [0, 0];
  for (const [keptX, keptY] of [...kept, [old.length, fresh.length] as const]) {
    let [to, end] = [keptX, keptY];
    while (x < to && y < end && old[x] === fresh[y]) [x, y] = [x + 1, y + 1];
    while (x < to && y < end && old[to - 1] === fresh[end - 1]) [to, end] = [to - 1, end - 1];
    if (x < to || y < end) hunks.push({ from: x, to, lines: fresh.slice(y, end) });
    [x, y] = [keptX + 1, keptY + 1];
  }
  return hunks;
}

/** As `diffLines`, but blank lines hold no place: else one that went could be taken for the line beside it. */
function diffBySubstance(before: readonly string[], after: readonly string[]): Hunk[] {
  const [old, fresh] = [substance(before), substance(after)];
  const kept: Pair[] = [];
  let [x, y] = [0, 0];
  for (const hunk of [
    ...diffLines(
      old.map(([line]) => line),
      fresh.map(([line]) => line),
    ),
    { from: old.length, to: old.length, lines: [] },
  ]) {
    for (; x < hunk.from; x += 1, y += 1) kept.push([old[x]?.[1] ?? 0, fresh[y]?.[1] ?? 0]);
    x = hunk.to;
    y += hunk.lines.length;
  }
  return between(before, after, kept);
}

function substance(lines: readonly string[]): [string, number][] {
  return lines.map((line, index): [string, number] => [line, index]).filter(([line]) => line.trim() !== '');
}

/** The pairs of lines that stay, in order. */
function matches(old: readonly string[], fresh: readonly string[]): Pair[] {
  const reach: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  for (let d = 0; d <= Math.min(old.length + fresh.length, DIFFERENCES_MAX); d += 1) {
    reach.push(furthest);
    const next = new Map(furthest);
    for (let k = -d; k <= d; k += 2) {
      let x = startOn(furthest, k, d);
      while (x < old.length && x - k < fresh.length && old[x] === fresh[x - k]) x += 1;
      next.set(k, x);
      if (x >= old.length && x - k >= fresh.length) return backwards(reach, d, old.length, fresh.length);
    }
    furthest = next;
  }
  return [];
}

function startOn(furthest: ReadonlyMap<number, number>, k: number, d: number): number {
  const down = furthest.get(k + 1) ?? -1;
  const right = furthest.get(k - 1) ?? -1;
  return k === -d || (k !== d && right < down) ? down : right + 1;
}

function backwards(
  reach: readonly ReadonlyMap<number, number>[],
  differences: number,
  oldLength: number,
  freshLength: number,
): Pair[] {
  const kept: Pair[] = [];
  let [x, y] = [oldLength, freshLength];
  for (let d = differences; d >= 0; d -= 1) {
    const furthest = reach[d] ?? new Map<number, number>();
    const k = x - y;
    const started = d === 0 ? 0 : startOn(furthest, k, d);
    while (x > started && x > 0 && y > 0) {
      x -= 1;
      y -= 1;
      kept.push([x, y]);
    }
    if (d === 0) break;
    const fromAbove = k === -d || (k !== d && (furthest.get(k - 1) ?? -1) < (furthest.get(k + 1) ?? -1));
    x = fromAbove ? started : started - 1;
    y = x - (fromAbove ? k + 1 : k - 1);
  }
  return kept.reverse();
}

/**
 * Both changes of one text at once: `mine` is the text as it stands, `theirs` the wanted one. Where they meet, theirs is taken.
 */
export function mergeLines(
  base: readonly string[],
  mine: readonly string[],
  theirs: readonly string[],
): string[] {
  const wanted = diffBySubstance(base, theirs);
  const standing = diffBySubstance(base, mine).filter((one) => !wanted.some((two) => meet(one, two)));
  const hunks = [...wanted, ...standing].sort((left, right) => left.from - right.from || left.to - right.to);
  const merged: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    merged.push(...base.slice(at, hunk.from), ...hunk.lines);
    at = hunk.to;
  }
  return [...merged, ...base.slice(at)];
}

function meet(left: Hunk, right: Hunk): boolean {
  if (left.from === left.to && right.from === right.to) return left.from === right.from;
  return left.from < right.to && right.from < left.to;
}

const CONTEXT = 3;

/** As `diff -u` writes it; null stands for a file that is not there. Empty where nothing differs. */
export function unifiedDiff(file: string, before: string | null, after: string | null): string {
  const old = linesOf(before ?? '');
  const hunks = diffLines(old, linesOf(after ?? ''));
  if (hunks.length === 0) return '';
  const out = [
    `--- ${before === null ? '/dev/null' : `a/${file}`}`,
    `+++ ${after === null ? '/dev/null' : `b/${file}`}`,
  ];
  let shift = 0;
  for (const group of grouped(hunks)) {
    const from = Math.max(0, (group[0]?.from ?? 0) - CONTEXT);
    const to = Math.min(old.length, (group.at(-1)?.to ?? 0) + CONTEXT);
    const body: string[] = [];
    let at = from;
    let added = 0;
    for (const hunk of group) {
      body.push(...old.slice(at, hunk.from).map((line) => ` ${line}`));
      body.push(...old.slice(hunk.from, hunk.to).map((line) => `-${line}`));
      body.push(...hunk.lines.map((line) => `+${line}`));
      added += hunk.lines.length - (hunk.to - hunk.from);
      at = hunk.to;
    }
    body.push(...old.slice(at, to).map((line) => ` ${line}`));
    out.push(`@@ -${place(from, to - from)} +${place(from + shift, to - from + added)} @@`, ...body);
    shift += added;
  }
  return `${out.join('\n')}\n`;
}

function place(from: number, length: number): string {
  return `${length === 0 ? from : from + 1},${length}`;
}

function grouped(hunks: readonly Hunk[]): Hunk[][] {
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && hunk.from - last.to <= 2 * CONTEXT) group.push(hunk);
    else groups.push([hunk]);
  }
  return groups;
}

/** The last line break ends a line and begins none. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
