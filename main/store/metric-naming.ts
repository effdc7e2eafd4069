import type Database from 'better-sqlite3';
import type { Labels } from '../../shared/model/metric.ts';
import type { Matcher } from './metric-api.ts';
import { compileMatchers, type LabelTest, labelOf } from './metric-matcher.ts';
import { labelsOfKey } from './metric-series.ts';

/** The selections of rules, objectives, detectors and plans: each a list of matchers that must all hold. */
export type NamedSelections = readonly (readonly Matcher[])[];

/** Which series something names. Retention asks in SQL, over the temporary table `named`. */
export interface Naming {
  /** Throws the code `bad-regex`; then what was named before stays named. */
  name(selections: NamedSelections, series: Iterable<readonly [key: string, ref: number]>): number;
  /** A series that is new: it is tested too. */
  add(ref: number, labels: Labels): void;
  has(ref: number): boolean;
  refs(): Iterable<number>;
}

export function createNaming(db: Database.Database): Naming {
  db.exec('CREATE TEMP TABLE named (ref INTEGER PRIMARY KEY)');
  const insert = db.prepare<[number]>('INSERT OR IGNORE INTO named (ref) VALUES (?)');
  const clear = db.prepare('DELETE FROM named');
  const refs = new Set<number>();
  let test: LabelTest = () => false;
  const add = (ref: number, labels: Labels) => {
    if (!test(labels)) return;
    refs.add(ref);
    insert.run(ref);
  };
  const replace = db.transaction((series: Iterable<readonly [string, number]>) => {
    clear.run();
    refs.clear();
    for (const [key, ref] of series) add(ref, labelsOfKey(key));
  });
  return {
    name(selections, series) {
      test = anyOf(selections);
      replace(series);
      return refs.size;
    },
    add,
    has: (ref) => refs.has(ref),
    refs: () => refs.keys(),
  };
}

/** Hundreds of selections, tens of thousands of series: each is tested by those of its own metric name only. */
function anyOf(selections: NamedSelections): LabelTest {
  const byName = new Map<string, LabelTest[]>();
  const others: LabelTest[] = [];
  const seen = new Set<string>();
  for (const matchers of selections) {
    const key = JSON.stringify(matchers.map(({ name, op, value }) => [name, op, value]));
    // One that all labels satisfy names nothing.
    if (matchers.length === 0 || seen.has(key)) continue;
    seen.add(key);
    const name = matchers.find((one) => one.name === '__name__' && one.op === '=')?.value;
    const test = compileMatchers(matchers);
    if (name === undefined) others.push(test);
    else byName.set(name, [...(byName.get(name) ?? []), test]);
  }
  return (labels) =>
    [...(byName.get(labelOf(labels, '__name__')) ?? []), ...others].some((test) => test(labels));
}
