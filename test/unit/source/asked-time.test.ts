import { describe, expect, it } from 'vitest';
import { askedInstant, askedRange, ofAskedTime } from '../../../main/source/prometheus/asked-time.ts';
import { ok } from '../../../shared/error/result.ts';

const AT = 1_700_000_000_000;
const vector = (...ats: number[]) =>
  ok({ kind: 'vector' as const, samples: ats.map((at) => ({ labels: {}, at, value: 1 })) });
const series = (...times: number[]) =>
  ok([{ labels: {}, times: Float64Array.from(times), values: new Float64Array(times.length) }]);

describe('the time of an answer', () => {
  it('is the one that was asked for, give or take what backends round', () => {
    for (const read of [vector(), vector(AT), vector(AT - 30_000), vector(AT + 60_000)])
      expect(ofAskedTime(read, askedInstant(AT))).toBe(read);
    expect(ofAskedTime(ok({ kind: 'scalar' as const, at: AT, value: 1 }), askedInstant(AT)).ok).toBe(true);
  });

  it('of another time is no answer, and it says how far it is off', () => {
    expect(ofAskedTime(vector(AT, AT - 600_000), askedInstant(AT))).toMatchObject({
      error: { kind: 'shape', what: expect.stringContaining('(10 m earlier)') },
    });
    const scalar = ok({ kind: 'scalar' as const, at: AT + 7_200_000, value: 1 });
    expect(ofAskedTime(scalar, askedInstant(AT))).toMatchObject({
      error: { what: expect.stringContaining('(2 h later)') },
    });
  });

  it('of a range lies between its ends, a step beside them at most', () => {
    const asked = askedRange({ fromAt: AT, toAt: AT + 3_600_000, stepMs: 60_000 });
    expect(ofAskedTime(series(AT, AT + 3_600_000), asked).ok).toBe(true);
    expect(ofAskedTime(series(AT - 120_000, AT), asked).ok).toBe(true);
    expect(ofAskedTime(series(), asked).ok).toBe(true);
    expect(ofAskedTime(series(AT - 180_000, AT), asked).ok).toBe(false);
    expect(ofAskedTime(series(AT, AT + 7_200_000), asked).ok).toBe(false);
  });

  it('leaves a refusal as it is', () => {
    const refused = { ok: false, error: { kind: 'query', what: 'no' } } as const;
    expect(ofAskedTime(refused, askedInstant(AT))).toBe(refused);
  });
});
