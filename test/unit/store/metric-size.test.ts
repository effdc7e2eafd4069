import { describe, expect, it } from 'vitest';
import { whenFull } from '../../../main/store/metric-size.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/unit/time.ts';
import { metricFolder, SMALL_LIMITS } from '../../support/metric-folder.ts';

const open = metricFolder();
const START = 1_700_000_000_000;
const part = (perDay: number, days: number) => ({ perMs: perDay / DAY_MS, forMs: days * DAY_MS });

describe('the day on which the store is full', () => {
  it('comes while raw samples still add up', () => {
    expect(whenFull(100, 150, 0, [part(10, 15), part(1, 397)])).toBeCloseTo((50 / 11) * DAY_MS, 3);
  });

  it('comes later where only rollups add up after fifteen days', () => {
    expect(whenFull(0, 200, 0, [part(10, 15), part(1, 397)])).toBeCloseTo((15 + 35) * DAY_MS, 3);
  });

  it('never comes where what grows stops below the limit, and is now where it is reached', () => {
    expect(whenFull(0, 1_000, 0, [part(10, 15), part(1, 397)])).toBeNull();
    expect(whenFull(0, 1, 0, [])).toBeNull();
    expect(whenFull(9, 9, 7, [part(1, 1)])).toBe(7);
  });
});

describe('the sizes of a store', () => {
  it('are told by kind; growth only after an hour, and what aged away counts as written', () => {
    const files = open({ ...SMALL_LIMITS, liveRetentionMs: 2 * HOUR_MS });
    files.clock.at = START;
    const writer = files.writer();
    writer.nameSeries([[{ name: '__name__', op: '=', value: 'up' }]]);
    const { refs } = writer.register([{ __name__: 'up' }]);
    const go = (fromMs: number, toMs: number) => {
      for (let at = START + fromMs; at < START + toMs; at += 15_000)
        writer.append({ at, refs, values: Float64Array.of(Math.sin(at)) });
      files.clock.at = START + toMs;
      while (writer.compact(files.clock.at).more);
    };
    go(0, HOUR_MS / 2);
    const first = writer.sizes();
    expect(first).toMatchObject({
      rawBytesPerDay: null,
      rollupBytesPerDay: null,
      fullAt: null,
      waitingBytes: 0,
    });
    expect(first.rawBytes).toBeGreaterThan(0);
    expect(first.rollupBytes).toBeGreaterThan(0);
    expect(first.rawBytes + first.rollupBytes).toBeLessThan(first.bytes);
    go(HOUR_MS / 2, 12 * HOUR_MS);
    const later = writer.sizes();
    const aDay = 5_760 * 10;
    expect(later.measuredOverMs).toBe(11.5 * HOUR_MS);
    expect(later.rawBytesPerDay).toBeGreaterThan(aDay / 2);
    expect(later.rawBytesPerDay).toBeLessThan(aDay * 2);
    expect(later.rawBytes).toBeLessThan(aDay / 4);
    expect(later.fullAt).toBeNull();
  });
});
