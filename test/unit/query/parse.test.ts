import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../main/query/index.ts';

function errorOf(text: string) {
  const parsed = parseExpression(text);
  if (parsed.ok) throw new Error(`${text} was accepted`);
  const { code, position } = parsed.error;
  return { code, at: position ? text.slice(position.from, position.to) : undefined };
}

describe('parsing PromQL', () => {
  it.each([
    ['sum(', 'parse'],
    ['', 'parse'],
    ['up{', 'parse'],
    ['{}', 'parse'],
    ['{job=~".*"}', 'parse'],
    ['up{job=~"("}', 'parse'],
    ['rate(up)', 'parse'],
    ['up[5m]  + 1', 'parse'],
    ['1 > 2', 'parse'],
    ['up + bool 1', 'parse'],
    ['1 and up', 'parse'],
    ['topk(up)', 'parse'],
    ['sum(up) offset 5m', 'parse'],
    ['up{a="\\q"}', 'parse'],
    ['rate(up[0s])', 'parse'],
    ['(('.repeat(300), 'parse'],
  ])('%s is a %s error with a position', (text, code) => {
    const error = errorOf(text);
    expect(error.code).toBe(code);
    expect(error.at).toBeDefined();
  });

  it.each([
    ['a + fill(0) b', 'fill(0)'],
    ['rate(x[5m] anchored)', 'x[5m] anchored'],
    ['info(up)', 'info'],
    ['start_timestamp(up)', 'start_timestamp'],
    ['up </ 3', '</'],
  ])('%s is experimental and not evaluated, and %s is pointed at', (text, at) => {
    expect(errorOf(text)).toEqual({ code: 'unsupported', at });
  });

  it('gives an offset to the selector just before it, not to the operation', () => {
    const parsed = parseExpression('a * -b offset 5m');
    expect(parsed).toMatchObject({
      ok: true,
      value: { root: { left: { offsetMs: 0 }, right: { of: { offsetMs: 300_000 } } } },
    });
  });

  it('reads numbers, durations and texts as PromQL writes them', () => {
    const value = (text: string) => {
      const parsed = parseExpression(text);
      if (!parsed.ok || !('value' in parsed.value.root)) throw new Error(text);
      return parsed.value.root.value;
    };
    expect(['0x1F', '1_000', '5m', '.5', '2.', '1e3', '1h30m'].map(value)).toEqual([
      31, 1000, 300, 0.5, 2, 1000, 5400,
    ]);
    expect(['"a\\n\\u00e9"', "'\\''", '`\\n`', '"2."'].map(value)).toEqual(['a\né', "'", '\\n', '2.']);
  });
});
