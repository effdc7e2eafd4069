import type Database from 'better-sqlite3';
import type { Matcher } from './metric-api.ts';
import { createSeriesIndex, type IndexedSeries } from './metric-index.ts';
import { compileMatchers } from './metric-matcher.ts';
import { labelsOfKey } from './metric-series.ts';

/** Which series the file has, as one reader knows them. */
export interface SeriesDirectory {
  /** To be called in the transaction of a question, before the rest. `anew`: series went, or were numbered anew. */
  refresh(anew: boolean): void;
  find(matchers: readonly Matcher[]): readonly IndexedSeries[];
  all(): readonly IndexedSeries[];
}

interface SeriesRow {
  readonly ref: number;
  readonly labels: string;
}

/**
 * So many questions that name their metric are answered by its series alone. After a start the first answer does not wait
 * until every series of the file is read; whoever goes on asking is served better by all of them in memory.
 */
const FEW = 8;

export function createSeriesDirectory(db: Database.Database): SeriesDirectory {
  const index = createSeriesIndex();
  const after = db.prepare<[number], SeriesRow>('SELECT ref, labels FROM series WHERE ref > ? ORDER BY ref');
  const named = prepareNamed(db);
  let asked = 0;
  let whole = false;
  let lastRef = 0;

  const catchUp = () => {
    for (const row of after.iterate(lastRef)) {
      index.add(seriesOf(row));
      lastRef = row.ref;
    }
  };
  const readAll = () => {
    if (whole) return;
    whole = true;
    catchUp();
  };

  return {
    refresh(anew) {
      if (anew) {
        index.clear();
        lastRef = 0;
      }
      if (whole) catchUp();
    },
    find(matchers) {
      const name = metricOf(matchers);
      if (whole || name === undefined || asked >= FEW) {
        readAll();
        return index.find(matchers);
      }
      asked += 1;
      const test = compileMatchers(matchers);
      return named(name).filter(({ labels }) => test(labels));
    },
    all() {
      readAll();
      return index.all();
    },
  };
}

function metricOf(matchers: readonly Matcher[]): string | undefined {
  return matchers.find(({ name, op, value }) => name === '__name__' && op === '=' && value !== '')?.value;
}

function seriesOf({ ref, labels }: SeriesRow): IndexedSeries {
  return { ref, labels: labelsOfKey(labels) };
}

/** How the key of a series begins whose first label in order is its name; see `seriesKey`. */
const FIRST = '[["__name__",';
/** Follows everything that begins so. */
const BEHIND_FIRST = '[["__name__"-';

/** By the index over the keys, which stand in the order of their labels: those of the name, and those that begin otherwise. */
function prepareNamed(db: Database.Database): (name: string) => readonly IndexedSeries[] {
  const between = db.prepare<[string, string], SeriesRow>(
    'SELECT ref, labels FROM series WHERE labels >= ? AND labels < ?',
  );
  // A label in capitals stands before the name.
  const others = db.prepare<[string, string], SeriesRow>(
    'SELECT ref, labels FROM series WHERE labels < ? UNION ALL SELECT ref, labels FROM series WHERE labels >= ?',
  );
  return (name) => {
    const begin = `${FIRST}${JSON.stringify(name)}]`;
    return [...between.all(begin, `${begin}~`), ...others.all(FIRST, BEHIND_FIRST)]
      .sort((a, b) => a.ref - b.ref)
      .map(seriesOf);
  };
}
