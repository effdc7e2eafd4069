import { describe, expect, it } from 'vitest';
import { align, type Line } from '../../../../renderer/chart/align.ts';
import { sparkPath } from '../../../../renderer/chart/sparkline.tsx';

const line = (points: readonly (readonly [number, number])[]): Line => ({
  label: 'l',
  colour: 'chart-1',
  times: points.map(([at]) => at),
  values: points.map(([, value]) => value),
});
const STEP = 1_000;

describe('lines on common times', () => {
  it('never join a gap', () => {
    const aligned = align(
      [
        line([
          [0, 1],
          [1_000, 2],
          [5_000, 3],
        ]),
      ],
      STEP,
      [],
    );
    expect(aligned.seconds).toEqual([0, 1, 2, 5]);
    expect(aligned.watched[0]).toEqual([1, 2, null, 3]);
  });

  it('take a value that is no number as no value', () => {
    expect(
      align(
        [
          line([
            [0, 1],
            [1_000, Number.NaN],
            [2_000, Number.POSITIVE_INFINITY],
          ]),
        ],
        STEP,
        [],
      ).watched[0],
    ).toEqual([1, null, null]);
  });

  it('go straight through a time that only another line has', () => {
    const aligned = align(
      [
        line([
          [0, 0],
          [1_000, 10],
        ]),
        line([[500, 5]]),
      ],
      STEP,
      [],
    );
    expect(aligned.watched[0]).toEqual([0, 5, 10]);
    expect(aligned.watched[1]).toEqual([null, 5, null]);
  });

  it('do not reach beyond their own samples', () => {
    const aligned = align(
      [
        line([[1_000, 1]]),
        line([
          [0, 9],
          [1_000, 9],
          [2_000, 9],
        ]),
      ],
      STEP,
      [],
    );
    expect(aligned.watched[0]).toEqual([null, 1, null]);
  });

  it('set apart what was filled in while nobody watched, meeting at the edges', () => {
    const points = [0, 1_000, 2_000, 3_000, 4_000].map((at) => [at, at] as const);
    const aligned = align([line(points)], STEP, [{ fromAt: 1_000, toAt: 3_000, label: 'unwatched' }]);
    expect(aligned.watched[0]).toEqual([0, 1_000, null, 3_000, 4_000]);
    expect(aligned.late[0]).toEqual([null, 1_000, 2_000, 3_000, null]);
  });

  it('are nothing where there are no samples', () => {
    expect(align([line([])], STEP, [{ fromAt: 0, toAt: 1, label: '' }]).seconds).toEqual([]);
  });
});

describe('a sparkline', () => {
  const path = (values: (number | null)[]) =>
    sparkPath(
      values,
      (index) => index,
      (value) => value,
    );

  it('lifts the pen at a gap', () => {
    expect(path([1, 2, null, 3, 4])).toBe('M0.0 1.0L1.0 2.0M3.0 3.0L4.0 4.0');
  });

  it('draws a lone sample as a short stroke, so that it can be seen', () => {
    expect(path([null, 2, null])).toBe('M1.0 2.0h0.8');
  });
});
