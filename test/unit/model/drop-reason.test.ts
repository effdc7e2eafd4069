import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leftOutReason } from '../../../main/ingest/ownership.ts';
import { dropAdvice } from '../../../shared/model/drop-reason.ts';

const ROOT = join(import.meta.dirname, '../../..');
const UNKNOWN = dropAdvice('a reason that nobody has written yet');

/** Literals that are given as a reason where something is left out: by a call, as a problem, or as a clause that is answered. */
const CALLS = /\b(?:drop|refuse|ignore|add|note|count)\(\s*(?:deps, by, )?(['"`])([^'`]+?)\1/g;
const PROBLEMS = /(?:problem =|reason:)\s*(['"`])([^'`]+?)\1/g;
const CLAUSES = /return (['"`])((?:an? |over |labels |more than |no |the same )[^`]+?)\1/g;
const NAMED = /^(?:export )?const [A-Z_]+ =\s*(['"`])((?:an? |over |delta |exemplars )[^`]+?)\1;$/gm;

function reasonsIn(folder: string): string[] {
  return (
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/(?:http|snappy|wire|buckets|keeper|listener)\b/.test(name))
      .flatMap((name) => {
        const text = readFileSync(join(ROOT, folder, name), 'utf8');
        return [CALLS, PROBLEMS, CLAUSES, NAMED].flatMap((pattern) =>
          [...text.matchAll(pattern)].map(([, , reason = '']) => reason.replace(/\$\{[^}]*\}/g, '7')),
        );
      })
      // A body that is refused whole is answered, not counted.
      .filter((reason) => reason.includes(' ') && !/^it has no|can be used/.test(reason))
  );
}

describe('a reason for which something was left out', () => {
  const kept = [
    'twice for one instant',
    'older than what is stored',
    'of a series that the store has let go',
  ];
  const others = [...kept, 'the store did not take it', 'reading failed', 'over the limit of series'];
  const all = new Set([
    ...['main/ingest', 'main/receive'].flatMap(reasonsIn),
    ...others,
    leftOutReason('shop', 'prom'),
    leftOutReason('shop', ''),
  ]);

  it('is found in the code', () => {
    expect(all.size).toBeGreaterThan(50);
    expect(all).toContain('a label without a name');
    expect(all).toContain('a time of its own more than 7 min before the scrape');
    expect(all).toContain("over this source's limit of 7 series");
    expect(all).toContain('delta point older than one already counted');
  });

  it.each([...all])('%s says what it means and what to do', (reason) => {
    const { means, todo } = dropAdvice(reason);
    expect(dropAdvice(reason)).not.toEqual(UNKNOWN);
    expect(means).toMatch(/^[A-Z].*\.$/);
    expect(todo).toMatch(/^[A-Z].*\.$/);
  });
});
