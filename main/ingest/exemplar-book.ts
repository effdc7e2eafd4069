import type { Exemplar } from '../../shared/model/exemplar.ts';
import type { Labels } from '../../shared/model/metric.ts';
import { parseExemplar } from '../source/index.ts';

/** Which exemplars are asked for: of one metric, of one trace, or of all. */
export interface ExemplarQuestion {
  readonly metric?: string | undefined;
  readonly traceId?: string | undefined;
  readonly limit: number;
}

/** The last exemplars of each series, in memory: a way from a number to a trace, not a record of either. */
export interface ExemplarBook {
  /** Answers false where the text is no exemplar. `series` is read only where the series is new. */
  note(key: string, text: string, at: number, series: () => Labels | null): boolean;
  /** Newest first. */
  list(question: ExemplarQuestion): Exemplar[];
}

const SERIES_MAX = 5_000;
const A_SERIES_MAX = 5;
/** Label names under which a trace is told. */
const TRACE_LABELS = ['trace_id', 'traceID', 'traceId'];

interface Known {
  readonly series: Labels;
  readonly texts: string[];
  readonly exemplars: Exemplar[];
}

export function createExemplarBook(): ExemplarBook {
  const bySeries = new Map<string, Known>();
  return {
    note(key, text, at, series) {
      const known = bySeries.get(key);
      // Each scrape shows the last one again.
      if (known?.texts.includes(text)) return true;
      const read = parseExemplar(text);
      if (!read) return false;
      const labels = known?.series ?? series();
      if (!labels) return true;
      const entry = known ?? { series: labels, texts: [], exemplars: [] };
      const value = Number.isFinite(read.value) ? read.value : String(read.value);
      entry.exemplars.push({ series: labels, labels: read.labels, value, at: read.at ?? at });
      entry.texts.push(text);
      if (entry.texts.length > A_SERIES_MAX) {
        entry.texts.shift();
        entry.exemplars.shift();
      }
      // Moved to the end: what has had none for longest is let go first.
      bySeries.delete(key);
      bySeries.set(key, entry);
      const [oldest] = bySeries.keys();
      if (bySeries.size > SERIES_MAX && oldest !== undefined) bySeries.delete(oldest);
      return true;
    },
    list({ metric, traceId, limit }) {
      const fits = ({ series, labels }: Exemplar) =>
        (metric === undefined || series.__name__ === metric) &&
        (traceId === undefined || TRACE_LABELS.some((name) => labels[name] === traceId));
      return [...bySeries.values()]
        .flatMap((one) => one.exemplars)
        .filter(fits)
        .sort((a, b) => b.at - a.at)
        .slice(0, limit);
    },
  };
}
