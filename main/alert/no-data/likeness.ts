import type { Labels } from '../../../shared/model/metric.ts';

/** One series with the value at one end of what is known of it. */
export interface Sighted {
  readonly labels: Labels;
  readonly value: number;
}

/** How alike a series that came is to one that went, 0 to 1, and in what they differ. */
export interface Likeness {
  readonly score: number;
  /** Share of labels that are the same, the name not counted. */
  readonly overlap: number;
  readonly difference: string;
}

const OVERLAP_WEIGHT = 0.7;
const NAME_WEIGHT = 0.2;
const VALUE_WEIGHT = 0.1;
/** A counter that began anew says neither that it goes on nor that it does not. */
const RESTARTED = 0.5;
const SHOWN_MAX = 80;

export function likeness(gone: Sighted, came: Sighted): Likeness {
  const overlap = overlapOf(gone.labels, came.labels);
  const name = nameLikeness(gone.labels.__name__ ?? '', came.labels.__name__ ?? '');
  const score =
    OVERLAP_WEIGHT * overlap + NAME_WEIGHT * name + VALUE_WEIGHT * continuity(gone.value, came.value);
  return { score, overlap, difference: differenceOf(gone.labels, came.labels) };
}

/** Pairs that both have, to all that either has. Two series without labels are alike in that. */
function overlapOf(a: Labels, b: Labels): number {
  const names = new Set([...Object.keys(a), ...Object.keys(b)].filter((name) => name !== '__name__'));
  if (names.size === 0) return 1;
  const same = [...names].filter((name) => a[name] !== undefined && a[name] === b[name]).length;
  return same / names.size;
}

/** Words that both names have, to all that either has: `http_requests_total` and `http_server_requests_total` share 3 of 4. */
export function nameLikeness(a: string, b: string): number {
  const words = (name: string) => new Set(name.toLowerCase().split(/[_:.]+/));
  const [first, second] = [words(a), words(b)];
  const all = new Set([...first, ...second]);
  const shared = [...first].filter((word) => second.has(word)).length;
  return all.size === 0 ? 0 : shared / all.size;
}

function continuity(before: number, after: number): number {
  if (!Number.isFinite(before) || !Number.isFinite(after)) return 0;
  if (before === after) return 1;
  const [low, high] = [
    Math.min(Math.abs(before), Math.abs(after)),
    Math.max(Math.abs(before), Math.abs(after)),
  ];
  const ratio = before * after < 0 ? 0 : low / high;
  return Math.abs(after) < Math.abs(before) ? Math.max(ratio, RESTARTED) : ratio;
}

/** `http_server_requests_total`, or what labels have become: `version v1 → v2`, `code is status now`. */
function differenceOf(gone: Labels, came: Labels): string {
  const parts: string[] = [];
  if (gone.__name__ !== came.__name__) parts.push(`${short(came.__name__ ?? '')}`);
  const names = (labels: Labels) => Object.keys(labels).filter((name) => name !== '__name__');
  const lost = names(gone).filter((name) => came[name] === undefined);
  const fresh = names(came).filter((name) => gone[name] === undefined);
  for (const name of names(gone)) {
    const [from, to] = [gone[name] ?? '', came[name]];
    if (to !== undefined && to !== from) parts.push(`${short(name)} ${short(from)} → ${short(to)}`);
  }
  for (const name of lost) {
    const renamed = fresh.find((one) => came[one] === gone[name]);
    parts.push(
      renamed ? `the label ${short(name)} is ${short(renamed)} now` : `without the label ${short(name)}`,
    );
  }
  return parts.slice(0, 3).join(', ');
}

function short(text: string): string {
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX - 1)}…`;
}
