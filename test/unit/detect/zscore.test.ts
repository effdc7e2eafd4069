import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeZscore,
  startZscore,
  stepZscore,
  type ZscoreConfig,
  type ZscoreState,
} from '../../../main/detect/index.ts';
import { normal, sampleMoments, seededRandom } from '../../../main/statistics/index.ts';

const config: ZscoreConfig = {
  window: 20,
  threshold: 3,
  persistence: { flagged: 3, of: 5 },
  rebaseAfter: 20,
  unit: 'ms',
};

/** Runs the points, one a second; a point without a verdict is a mistake of the test. */
function run(values: readonly number[], from: ZscoreState = startZscore(config), at = 0, using = config) {
  let state = from;
  const verdicts = values.map((value, index) => {
    const step = stepZscore(state, using, (at + index + 1) * 1_000, value);
    state = step.state;
    if (!step.point) throw new Error('no verdict');
    return describeZscore(step.point, using);
  });
  return { state, verdicts };
}

/** Twenty points around 100 with a spread of 1. */
const steady = Array.from({ length: 20 }, (_, index) => 100 + (index % 2 === 0 ? 1 : -1));
const value = fc.oneof(fc.double({ min: -1e4, max: 1e4, noNaN: true }), fc.constantFrom(0, 1, 100, 1e6));

describe('the moving z-score', () => {
  it('judges nothing until twenty points came before', () => {
    const { verdicts } = run([...steady, 100]);
    expect(verdicts.slice(0, 20).every((verdict) => verdict.score === null && !verdict.flagged)).toBe(true);
    expect(verdicts[19]?.reason).toContain('19 of the 20');
    expect(verdicts[20]?.score).not.toBeNull();
  });

  it('uses the sample deviation of the points before, and says it in numbers', () => {
    const sigma = Math.sqrt(20 / 19);
    const verdict = run([...steady, 110]).verdicts[20];
    expect(verdict?.expected).toBe(100);
    expect(verdict?.score).toBeCloseTo(10 / sigma, 9);
    expect(verdict?.upper).toBeCloseTo(100 + 3 * sigma, 9);
    expect(verdict?.lower).toBeCloseTo(100 - 3 * sigma, 9);
    expect(verdict?.flagged).toBe(true);
    expect(verdict?.reason).toBe(
      '110 ms; expected 100, between 96.92 and 103.1 from 20 points; |z| 9.75, threshold 3; flagged 1 of the last 1, needs 3 of 5',
    );
  });

  it('is anomalous at three flagged points of five, not before', () => {
    const { verdicts } = run([...steady, 110, 100, 110, 100, 110, 100, 100, 100]);
    expect(verdicts.slice(20).map((verdict) => verdict.flagged)).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(verdicts.slice(20).map((verdict) => verdict.anomalous)).toEqual([
      false,
      false,
      false,
      false,
      true,
      false,
      false,
      false,
    ]);
  });

  it('keeps flagged points out of the baseline, so that a step does not hide itself', () => {
    const { verdicts } = run([...steady, ...new Array(19).fill(150)]);
    for (const verdict of verdicts.slice(20)) {
      expect(verdict.expected).toBe(100);
      expect(verdict.flagged).toBe(true);
    }
  });

  it('takes twenty flagged points in a row for the new level, and says so', () => {
    const level = Array.from({ length: 20 }, (_, index) => 150 + (index % 2));
    const { verdicts } = run([...steady, ...level, 150, 100]);
    expect(verdicts[38]?.levelChange).toBe(false);
    expect(verdicts[39]?.levelChange).toBe(true);
    expect(verdicts[39]?.reason).toContain('level change');
    expect(verdicts[40]).toMatchObject({ flagged: false, anomalous: false, expected: 150.5 });
    expect(verdicts[41]?.flagged).toBe(true);
  });

  it('begins the row again after one point within the bounds', () => {
    const { verdicts } = run([...steady, ...new Array(19).fill(150), 100, ...new Array(19).fill(150)]);
    expect(verdicts.some((verdict) => verdict.levelChange)).toBe(false);
  });

  it('flags any other value of a constant series: constant until now', () => {
    const { verdicts } = run([...new Array(20).fill(0.1), 0.1, 0.1000001]);
    expect(verdicts[20]).toMatchObject({ score: 0, flagged: false });
    expect(verdicts[20]?.reason).toContain('constant over 20 points');
    expect(verdicts[21]).toMatchObject({ score: -1, flagged: true, expected: 0.1 });
    expect(verdicts[21]?.reason).toContain('constant until now at 0.1 ms');
  });

  it('ignores what is not a number, and what is not later than the last point', () => {
    const { state } = run(steady);
    for (const [at, given] of [
      [30_000, Number.NaN],
      [30_000, Number.POSITIVE_INFINITY],
      [20_000, 5],
      [1_000, 5],
    ] as const) {
      expect(stepZscore(state, config, at, given)).toEqual({ state, point: null });
    }
  });

  it('judges again after a level change with a rebase shorter than the window', () => {
    const short = { ...config, rebaseAfter: 3 };
    const { verdicts } = run([...steady, 200, 201, 202, 201], startZscore(short), 0, short);
    expect(verdicts[22]?.levelChange).toBe(true);
    expect(verdicts[23]).toMatchObject({ flagged: false, expected: 201 });
    const one = { ...config, rebaseAfter: 1 };
    const jumped = run([...steady, 200, 300, 250], startZscore(one), 0, one).verdicts;
    expect(jumped[20]?.levelChange).toBe(true);
    expect(jumped[21]?.score).toBeNull();
    expect(jumped[22]?.score).not.toBeNull();
  });
});

describe('the bounds of the moving z-score', () => {
  it('exceeds 3 by chance in about 0.86 % of independent points at a window of 20', () => {
    const random = seededRandom(20_260_101);
    const trials = 100_000;
    let flagged = 0;
    for (let trial = 0; trial < trials; trial++) {
      const baseline = Array.from({ length: 20 }, () => normal(random));
      const state: ZscoreState = { baseline, needed: 20, run: [], recent: [], lastAt: 0 };
      if (stepZscore(state, config, 1, normal(random)).point?.flagged) flagged += 1;
    }
    // Four standard errors of a share of 0.86 % in 100 000.
    expect(Math.abs(flagged / trials - 0.0086)).toBeLessThan(0.0012);
  });

  it('would never pass 4.25 with the point inside its own baseline, and does without', () => {
    const cap = 19 / Math.sqrt(20);
    expect(cap).toBeCloseTo(4.25, 2);
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 20 }), (points) => {
        const moments = sampleMoments(points);
        if (!moments || moments.deviation === 0) return;
        const largest = Math.max(...points.map((one) => Math.abs(one - moments.mean) / moments.deviation));
        expect(largest).toBeLessThanOrEqual(cap + 1e-9);
      }),
    );
    expect(run([...steady, 1_000]).verdicts[20]?.score).toBeGreaterThan(800);
  });

  it('never looks ahead: what comes later changes no verdict', () => {
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 80 }),
        fc.array(value, { maxLength: 40 }),
        fc.array(value, { maxLength: 40 }),
        (past, one, other) => {
          const first = run([...past, ...one]).verdicts.slice(0, past.length);
          const second = run([...past, ...other]).verdicts.slice(0, past.length);
          expect(first).toEqual(second);
          expect(first).toEqual(run(past).verdicts);
        },
      ),
    );
  });

  it('goes on from a state that was written and read as if nothing had been', () => {
    fc.assert(
      fc.property(
        fc.array(value, { maxLength: 60 }),
        fc.array(value, { minLength: 1, maxLength: 60 }),
        (before, after) => {
          const whole = run([...before, ...after]).verdicts.slice(before.length);
          const read = JSON.parse(JSON.stringify(run(before).state)) as ZscoreState;
          expect(run(after, read, before.length).verdicts).toEqual(whole);
        },
      ),
    );
  });

  it('remembers a bounded number of points, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), (values) => {
        const { state } = run(values);
        expect(state.baseline.length).toBeLessThanOrEqual(20);
        expect(state.run.length).toBeLessThan(20);
        expect(state.recent.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});
