import { describe, expect, it } from 'vitest';
import { goesWith, type NewReport } from '../../../main/pipeline/report-round.ts';

function report(names: readonly string[], whole = false): NewReport {
  const alerts = names.map((alertname) => ({
    status: 'firing' as const,
    labels: { alertname },
    annotations: {},
    startsAt: 0,
    endsAt: null,
    generatorUrl: null,
    suppressedBy: null,
  }));
  return { sourceId: 'am', alerts, whole };
}

describe('reports of one round', () => {
  it('are of different alerts: of two of the same, the later one counts', () => {
    expect(goesWith(report(['a']), [report(['b']), report(['c', 'd'])])).toBe(true);
    expect(goesWith(report(['d', 'e']), [report(['b']), report(['c', 'd'])])).toBe(false);
    expect(goesWith(report(['a']), [{ ...report(['a']), sourceId: 'other' }])).toBe(false);
  });

  it('are no whole lists, as those say what is over by what they leave out', () => {
    expect(goesWith(report(['a'], true), [report(['b'])])).toBe(false);
    expect(goesWith(report(['a']), [report(['b'], true)])).toBe(false);
  });

  it('are few enough to let others have their turn', () => {
    const many = (from: number) => report(Array.from({ length: 1_000 }, (_, index) => `a${from + index}`));
    expect(goesWith(many(1_000), [many(0)])).toBe(true);
    expect(goesWith(report(['b']), [many(0), many(1_000)])).toBe(false);
  });
});
