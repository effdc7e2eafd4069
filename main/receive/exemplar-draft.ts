import { type ExemplarBook, hasLongLabels, type ToldExemplar } from '../../shared/model/exemplar-book.ts';
import type { Labels } from '../../shared/model/metric.ts';
import { Tally } from './tally.ts';

/** Exemplars of one request; each is a few strings to make, and a body may be made of nothing else. */
export const EXEMPLARS_MAX = 5_000;
export const EXEMPLARS_BEYOND = `exemplars beyond ${EXEMPLARS_MAX.toLocaleString('en-US')} of one request`;
const UNREADABLE = 'an exemplar whose labels cannot be read';
const AHEAD_MAX_MS = 10 * 60_000;

/** `labels` undefined: they cannot be read. A time of 0 is none. */
interface Told extends Omit<ToldExemplar, 'labels'> {
  readonly labels: Labels | undefined;
}

/** Brings the exemplars of one request into their source's book. What is not kept costs neither a sample nor the answer. */
export class ExemplarDraft {
  /** What was left out, by reason. */
  readonly left = new Tally();
  private readonly book: ExemplarBook;
  private readonly now: number;
  private read = 0;
  private series: Labels | null = null;
  private seriesKey = '';

  constructor(book: ExemplarBook, now: number) {
    this.book = book;
    this.now = now;
  }

  /** The exemplars that come next stand at this series, `count` of them; answers whether it is one. */
  stand(series: Labels | string, count: number): boolean {
    this.series = typeof series === 'string' ? null : series;
    if (!this.series) {
      this.left.add('an exemplar of a series that is not kept', count);
      return false;
    }
    this.seriesKey = JSON.stringify(this.series);
    return true;
  }

  /** Whether one more is read; one that is not is counted. */
  begin(): boolean {
    this.read += 1;
    if (this.read > EXEMPLARS_MAX) this.left.add(EXEMPLARS_BEYOND);
    return this.read <= EXEMPLARS_MAX;
  }

  /** Answers whether it is kept. Without labels it would lead nowhere. */
  add({ labels, value, at }: Told): boolean {
    const { series, seriesKey, now } = this;
    if (!series) return false;
    const problem = problemOf(labels, at, now);
    if (labels === undefined || problem !== undefined) {
      this.left.add(problem ?? UNREADABLE);
      return false;
    }
    const told = { labels, value, at: at === 0 ? now : at };
    const text = JSON.stringify([labels, String(value), at]);
    if (!this.book.holds(seriesKey, text)) this.book.note(seriesKey, text, told, () => series);
    return true;
  }
}

function problemOf(labels: Labels | undefined, at: number, now: number): string | undefined {
  // A name that is poison for every program which copies labels into a plain object.
  if (labels === undefined || Object.hasOwn(labels, '__proto__')) return UNREADABLE;
  if (Object.keys(labels).length === 0) return 'an exemplar without labels';
  if (hasLongLabels(labels)) return 'an exemplar whose labels are longer than 128 characters';
  if (!Number.isSafeInteger(at) || at < 0 || at > now + AHEAD_MAX_MS)
    return "an exemplar of a time that cannot be, or more than 10 min ahead of this machine's clock";
  return undefined;
}
