import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FrameWish, frameOf } from '../../../../renderer/state/signal-frame.ts';
import type { Series } from '../../../../shared/model/metric.ts';

const wish = (change: Partial<FrameWish> = {}): FrameWish => ({
  fromAt: 0,
  toAt: 9_000,
  stepMs: 1_000,
  widthPx: 100,
  draw: 'lines',
  linesMax: 40,
  pinned: [],
  compareMs: 0,
  ...change,
});

function series(labels: Record<string, string>, values: readonly (number | null)[], stepMs = 1_000): Series {
  const kept = values.flatMap((value, at) => (value === null ? [] : [[at * stepMs, value] as const]));
  return {
    labels,
    times: Float64Array.from(kept, ([at]) => at),
    values: Float64Array.from(kept, ([, value]) => value),
  };
}

describe('an answer made ready to be drawn', () => {
  it('stands on the steps of the question, with a gap where a sample is missing or infinite', () => {
    const frame = frameOf([series({ a: '1' }, [1, null, 3, Number.POSITIVE_INFINITY, 5])], null, wish());
    expect([...(frame.lines[0]?.values ?? [])].slice(0, 6)).toEqual([
      1,
      Number.NaN,
      3,
      Number.NaN,
      5,
      Number.NaN,
    ]);
    expect([...frame.seconds].slice(0, 3)).toEqual([0, 1, 2]);
    expect(frame.pointsPerSlot).toBe(1);
  });

  it('says every series, draws the highest and makes one band of the others', () => {
    const all = [1, 9, 5, 3].map((value, at) => series({ id: String(at) }, [value, value]));
    const frame = frameOf(all, null, wish({ linesMax: 2 }));
    expect(frame.rows.names).toHaveLength(4);
    expect(frame.lines.map((line) => line.row)).toEqual([1, 2]);
    expect([frame.band?.low[0], frame.band?.high[0]]).toEqual([1, 3]);
  });

  it('draws a pinned series whatever its rank', () => {
    const all = [1, 9, 5, 3].map((value, at) => series({ id: String(at) }, [value]));
    const frame = frameOf(all, null, wish({ linesMax: 2, pinned: ['{id="0"}'] }));
    expect(frame.lines.map((line) => line.row)).toEqual([0, 1]);
  });

  it('says labels that all series have alike once', () => {
    const frame = frameOf(
      [
        series({ __name__: 'up', job: 'a', instance: 'x' }, [1]),
        series({ __name__: 'up', job: 'a', instance: 'y' }, [1]),
      ],
      null,
      wish(),
    );
    expect(frame.rows.names).toEqual(['{instance="x"}', '{instance="y"}']);
    expect(frame.shared).toEqual({ __name__: 'up', job: 'a' });
  });

  it('lays the week before on the same times', () => {
    const now = series({ a: '1' }, [5, 6]);
    const before = { ...now, times: Float64Array.of(-60_000, -59_000), values: Float64Array.of(1, 2) };
    const frame = frameOf([now], [before], wish({ compareMs: 60_000 }));
    expect([...(frame.lines[0]?.before ?? [])].slice(0, 2)).toEqual([1, 2]);
  });

  it('has no number where a series has no sample', () => {
    const frame = frameOf([series({ a: '1' }, [null])], null, wish());
    expect(frame.rows.last[0]).toBeNaN();
    expect(frame.rows.mean[0]).toBeNaN();
  });

  it('keeps the lowest and the highest of every pixel, at most two points for each, and gaps that are wider', () => {
    const sample = fc.option(fc.integer({ min: -1_000, max: 1_000 }), { nil: null, freq: 4 });
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 400 }),
        fc.integer({ min: 1, max: 40 }),
        (values, widthPx) => {
          const one = series({ a: '1' }, values);
          const toAt = (values.length - 1) * 1_000;
          const frame = frameOf([one], null, wish({ toAt, widthPx }));
          const drawn = [...(frame.lines[0]?.values ?? [])];
          expect(drawn.length).toBeLessThanOrEqual(Math.max(2 * widthPx, 2) + 2);
          const per = frame.pointsPerSlot;
          for (let pixel = 0; pixel * per < values.length; pixel += 1) {
            const inside = values.slice(pixel * per, (pixel + 1) * per).filter((value) => value !== null);
            const got = (per === 1 ? [drawn[pixel]] : drawn.slice(pixel * 2, pixel * 2 + 2)) as number[];
            if (inside.length === 0) expect(got.every((value) => Number.isNaN(value))).toBe(true);
            else
              expect([Math.min(...got), Math.max(...got)]).toEqual([
                Math.min(...inside),
                Math.max(...inside),
              ]);
          }
        },
      ),
    );
  });

  it('says and draws of a series without gaps the same as of its samples one by one, whatever they are', () => {
    const sample = fc.oneof(
      { weight: 9, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
    );
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 30 }),
        (values, widthPx) => {
          const toAt = (values.length - 1) * 1_000;
          const whole = series({ a: '1' }, values);
          // The same with a time that is off by nothing that shows: it is not taken for whole.
          const odd = { ...whole, times: whole.times.map((at, i) => (i === 0 ? at + 1 : at)) };
          const [left, right] = [whole, odd].map((one) => frameOf([one], null, wish({ toAt, widthPx })));
          expect(left?.lines).toEqual(right?.lines);
          for (const name of ['last', 'min', 'max'] as const)
            expect(left?.rows[name]).toEqual(right?.rows[name]);
          const [mean = 0, other = 0] = [left?.rows.mean[0], right?.rows.mean[0]];
          if (Number.isNaN(other)) expect(mean).toBeNaN();
          else expect(Math.abs(mean - other)).toBeLessThanOrEqual(1e-6);
        },
      ),
    );
  });

  it('makes a histogram of cumulative buckets, several of them added up', () => {
    const bucket = (le: string, pod: string, value: number) => series({ le, pod }, [value]);
    const frame = frameOf(
      [bucket('0.1', 'a', 2), bucket('+Inf', 'a', 5), bucket('0.1', 'b', 1), bucket('+Inf', 'b', 1)],
      null,
      wish({ draw: 'heatmap', toAt: 0 }),
    );
    expect([...(frame.heat?.bounds ?? [])]).toEqual([0.1, Number.POSITIVE_INFINITY]);
    expect([...(frame.heat?.cells ?? [])]).toEqual([3, 3]);
    expect(frame.heat?.groups).toBe(2);
  });

  it('is no histogram without bounds', () => {
    expect(frameOf([series({ a: '1' }, [1])], null, wish({ draw: 'heatmap' })).heat).toBeNull();
  });
});
