import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchScore } from '../../../../renderer/ui/match.ts';

describe('what the palette finds', () => {
  it('holds every word that was typed, in any order', () => {
    expect(matchScore('Roll back model v42', 'model roll')).toBeGreaterThan(0);
    expect(matchScore('Roll back model v42', 'model rolx')).toBe(0);
  });

  it('comes first where it begins as typed, then where one of its words does', () => {
    const scores = ['ranking-latency', 'the ranking', 'franking'].map((text) => matchScore(text, 'ranking'));
    expect(scores).toEqual([1, 0.8, 0.5]);
  });

  it('takes any text for what it is, never for a pattern', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => matchScore(`x ${text}`, text) > 0));
  });
});
