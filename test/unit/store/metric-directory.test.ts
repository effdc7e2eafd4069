import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Matcher } from '../../../main/store/index.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import { metricFolder } from '../../support/metric-folder.ts';

const open = metricFolder();

/** Names that are the beginning of others, that need escaping, and labels that stand before the name in order. */
const NAMES = ['up', 'up_total', 'u', 'a"b', 'a\\', 'ä', '\u{1f600}', '~', 'up"]', 'up","x'];
const anyLabels = fc.record(
  {
    __name__: fc.constantFrom(...NAMES),
    Zone: fc.constantFrom('a', 'b'),
    __a__: fc.constantFrom('1', '2'),
    job: fc.constantFrom('x', 'y', '~'),
  },
  { requiredKeys: ['__name__'] },
);

const named = (name: string, ...more: Matcher[]): Matcher[] => [
  { name: '__name__', op: '=', value: name },
  ...more,
];

function plain(found: readonly Labels[]): Labels[] {
  return found.map((labels) => ({ ...labels }));
}

describe('the series that a reader knows', () => {
  it('are the same at the first question as at any later one, and in the same order', () => {
    fc.assert(
      fc.property(
        fc.array(anyLabels, { maxLength: 25 }),
        fc.array(anyLabels, { maxLength: 10 }),
        (some, more) => {
          const files = open();
          const writer = files.writer();
          writer.register(some);
          const questions = NAMES.map((name) => named(name));
          questions.push(named('up', { name: 'job', op: '!=', value: 'x' }));
          const all = (first: boolean) =>
            questions.map((one) => {
              const reader = files.reader();
              // A question without a name makes a reader know all of them.
              if (!first) reader.labelSets([]);
              return plain(reader.labelSets(one));
            });
          expect(all(true)).toEqual(all(false));
          const early = files.reader();
          early.labelSets(named('up'));
          writer.register(more);
          expect(questions.map((one) => plain(early.labelSets(one)))).toEqual(all(false));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('are found by the index over their labels, not by looking through all of them', () => {
    const files = open();
    const writer = files.writer();
    writer.register(Array.from({ length: 50 }, (_, i) => ({ __name__: `m_${i}`, job: 'x' })));
    const db = new Database(files.path, { readonly: true });
    const plan = db
      .prepare<[], { detail: string }>(
        "EXPLAIN QUERY PLAN SELECT ref, labels FROM series WHERE labels >= 'a' AND labels < 'b'",
      )
      .all();
    db.close();
    expect(plan.map(({ detail }) => detail).join()).toMatch(/SEARCH series USING (COVERING )?INDEX/);
  });
});
