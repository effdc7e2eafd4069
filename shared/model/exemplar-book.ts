import type { Exemplar } from './exemplar.ts';
import type { Labels } from './metric.ts';

/** Which exemplars are asked for: of one metric, of one trace, or of all. */
export interface ExemplarQuestion {
  readonly metric?: string | undefined;
  readonly traceId?: string | undefined;
  readonly limit: number;
}

/** One event as it was told, without the series that it stands at. */
export interface ToldExemplar {
  readonly labels: Labels;
  readonly value: number;
  readonly at: number;
}

/**
 * The last exemplars of each series, in memory: a way from a number to a trace, not a record of either. Bounded in series
 * and in characters; what has had none for longest is let go first.
 */
export interface ExemplarBook {
  /** Whether this text of the series is there: each scrape, and each new try of a sender, shows the last ones again. */
  holds(key: string, text: string): boolean;
  /** `series` is read only where the series is new here; null: it is one that is not kept. */
  note(key: string, text: string, told: ToldExemplar, series: () => Labels | null): void;
  /** Newest first. */
  list(question: ExemplarQuestion): Exemplar[];
}

/** Names and values of an exemplar together. Source: https://prometheus.io/docs/specs/om/open_metrics_spec/#exemplars */
const LABEL_CHARACTERS_MAX = 128;
const SERIES_MAX = 5_000;
const A_SERIES_MAX = 5;
const CHARACTERS_MAX = 4_000_000;
/** Label names under which a trace is told. */
const TRACE_LABELS = ['trace_id', 'traceID', 'traceId'];

interface Known {
  readonly series: Labels;
  readonly noted: { readonly text: string; readonly exemplar: Exemplar }[];
  characters: number;
}

/** Whether labels are more than an exemplar may have. */
export function hasLongLabels(labels: Labels): boolean {
  return charactersOf(labels) > LABEL_CHARACTERS_MAX;
}

export function createExemplarBook(charactersMax = CHARACTERS_MAX): ExemplarBook {
  const bySeries = new Map<string, Known>();
  let characters = 0;
  const add = (known: Known, more: number) => {
    known.characters += more;
    characters += more;
  };
  const forgetOldest = () => {
    const [oldest] = bySeries;
    if (!oldest) return;
    bySeries.delete(oldest[0]);
    characters -= oldest[1].characters;
  };
  return {
    holds: (key, text) => bySeries.get(key)?.noted.some((one) => one.text === text) ?? false,
    note(key, text, { labels, value, at }, read) {
      const known = bySeries.get(key);
      const series = known?.series ?? read();
      if (!series) return;
      const entry = known ?? { series, noted: [], characters: 0 };
      if (!known) add(entry, key.length + charactersOf(series));
      const said = Number.isFinite(value) ? value : String(value);
      entry.noted.push({ text, exemplar: { series, labels, value: said, at } });
      add(entry, text.length + charactersOf(labels));
      const first = entry.noted.length > A_SERIES_MAX ? entry.noted.shift() : undefined;
      if (first) add(entry, -first.text.length - charactersOf(first.exemplar.labels));
      // Moved to the end: what has had none for longest is let go first.
      bySeries.delete(key);
      bySeries.set(key, entry);
      while (bySeries.size > SERIES_MAX || characters > charactersMax) forgetOldest();
    },
    list({ metric, traceId, limit }) {
      const fits = ({ series, labels }: Exemplar) =>
        (metric === undefined || series.__name__ === metric) &&
        (traceId === undefined || TRACE_LABELS.some((name) => labels[name] === traceId));
      return newest(
        [...bySeries.values()].flatMap(({ noted }) => noted.map((one) => one.exemplar)).filter(fits),
        limit,
      );
    },
  };
}

/** What several books answered to one question: the same event told in two ways is one. */
export function joinExemplars(answers: readonly (readonly Exemplar[])[], limit: number): Exemplar[] {
  const [one, ...others] = answers.filter((answer) => answer.length > 0);
  if (!one || others.length === 0) return [...(one ?? [])];
  return newest(
    [...new Map(answers.flat().map((exemplar) => [eventOf(exemplar), exemplar])).values()],
    limit,
  );
}

function newest(exemplars: readonly Exemplar[], limit: number): Exemplar[] {
  return [...exemplars].sort((a, b) => b.at - a.at).slice(0, limit);
}

function eventOf({ series, labels, at }: Exemplar): string {
  const sorted = (all: Labels) => Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sorted(series), sorted(labels), at]);
}

function charactersOf(labels: Labels): number {
  let characters = 0;
  for (const name in labels) characters += name.length + (labels[name]?.length ?? 0);
  return characters;
}
