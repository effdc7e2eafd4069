import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffLines, type Hunk, mergeLines, unifiedDiff } from '../../../main/workspace/line-diff.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 30 });

function applied(before: readonly string[], hunks: readonly Hunk[]): string[] {
  const out: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    out.push(...before.slice(at, hunk.from), ...hunk.lines);
    at = hunk.to;
  }
  return [...out, ...before.slice(at)];
}

describe('differences of lines', () => {
  it('make the new text of the old one, whatever the texts', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        expect(applied(before, diffLines(before, after))).toEqual(after);
      }),
    );
  });

  it('are as few as the longest common sequence allows', () => {
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const hunks = diffLines(before, after);
        const changed = hunks.reduce((sum, hunk) => sum + hunk.to - hunk.from + hunk.lines.length, 0);
        expect(changed).toBe(before.length + after.length - 2 * longestCommon(before, after));
      }),
    );
  });

  it('of texts that share nothing are one replacement, also where they are long', () => {
    const before = Array.from({ length: 5_000 }, (_, index) => `old ${index}`);
    const after = Array.from({ length: 5_000 }, (_, index) => `new ${index}`);
    expect(diffLines(before, after)).toEqual([{ from: 0, to: 5_000, lines: after }]);
  });

  it('are written as diff -u writes them', () => {
    const before = 'one\ntwo\nthree\nfour\nfive\n';
    expect(unifiedDiff('slos/a.yaml', before, before.replace('two', 'TWO'))).toBe(
      '--- a/slos/a.yaml\n+++ b/slos/a.yaml\n@@ -1,5 +1,5 @@\n one\n-two\n+TWO\n three\n four\n five\n',
    );
    expect(unifiedDiff('a.yaml', null, 'x\n')).toBe('--- /dev/null\n+++ b/a.yaml\n@@ -0,0 +1,1 @@\n+x\n');
    expect(unifiedDiff('a.yaml', 'x\n', null)).toBe('--- a/a.yaml\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-x\n');
    expect(unifiedDiff('a.yaml', before, before)).toBe('');
  });
});

describe('two changes of one text', () => {
  it('are both taken where they do not meet', () => {
    expect(mergeLines(['a', 'b', 'c'], ['A', 'b', 'c'], ['a', 'b', 'C'])).toEqual(['A', 'b', 'C']);
  });

  it('give way to the wanted one where they meet', () => {
    expect(mergeLines(['a', 'b', 'c'], ['a', 'mine', 'c'], ['a', 'theirs', 'c'])).toEqual([
      'a',
      'theirs',
      'c',
    ]);
  });

  it('leave a text as it is that nobody changed, and take the only change there is', () => {
    fc.assert(
      fc.property(lines, lines, (base, other) => {
        expect(mergeLines(base, other, base)).toEqual(other);
        expect(mergeLines(base, base, other)).toEqual(other);
      }),
    );
  });
});

function longestCommon(left: readonly string[], right: readonly string[]): number {
  let row = new Array<number>(right.length + 1).fill(0);
  for (const one of left) {
    const next = [0];
    for (let index = 0; index < right.length; index += 1)
      next.push(
        one === right[index] ? (row[index] ?? 0) + 1 : Math.max(row[index + 1] ?? 0, next[index] ?? 0),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
