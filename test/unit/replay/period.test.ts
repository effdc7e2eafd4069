import { describe, expect, it } from 'vitest';
import { createInlineTarget } from '../../../main/query/index.ts';
import { ObjectiveTrack } from '../../../main/replay/objective-track.ts';
import type { Objective } from '../../../shared/model/objective.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = Date.UTC(2026, 0, 5);
const DAYS = 17;
const midwatch = shippedPolicy('midwatch');

/** A thousand requests a minute, of which forty fail in the first hour of each day, and four hundred on the 20th. */
const failed = (minute: number) => {
  const [day, ofDay] = [Math.floor(minute / 1_440), minute % 1_440];
  return ofDay >= 60 ? 0 : day === 15 ? 400 : 40;
};
const failedBetween = (fromAt: number, toAt: number) => {
  let sum = 0;
  for (let at = fromAt; at < toAt; at += MINUTE_MS) sum += failed((at - T0) / MINUTE_MS);
  return sum;
};

function samples() {
  const { writer, reader } = createMemorySamples();
  const times = Float64Array.from({ length: DAYS * 1_440 + 1 }, (_one, i) => T0 + i * MINUTE_MS);
  const counter = (name: string, ofMinute: (minute: number) => number) => {
    let value = 0;
    const values = Float64Array.from(times, (_one, i) => {
      if (i > 0) value += ofMinute(i - 1);
      return value;
    });
    return { labels: { __name__: name }, times, values, synthetic: false };
  };
  writer.backfill([counter('failed', failed), counter('requests', () => 1_000)]);
  return reader;
}

function objective(change: Partial<Objective>): Objective {
  return gatewayObjective({
    target: 0.99,
    indicator: { bad: 'failed', total: 'requests' },
    wake: { policy: 'budget', floor: 0.25 },
    ...change,
  });
}

const WEEK = { unit: 'week' as const, count: 1, timeZone: 'UTC', startTime: '2026-01-05 00:00:00' };
const reader = samples();
const target = createInlineTarget('local', reader, { countNewSeriesFromZero: true });

describe('the whole period in a replay', () => {
  it.each([
    ['asked of a source', { target, reader: null }],
    ['read from the store', { target, reader }],
  ])('%s is that of the running calendar week over the events of the last full one', async (_how, source) => {
    const track = new ObjectiveTrack(objective({ calendar: WEEK, periodMs: 7 * DAY_MS }), midwatch);
    // Two days about the Monday on which the second week ends.
    const grid = { fromAt: T0 + 13 * DAY_MS, stepMs: 30 * MINUTE_MS, steps: 4 * 24 * 2 };
    await track.load(grid, source);
    for (let step = 0; step < grid.steps; step += 1) {
      const at = grid.fromAt + step * grid.stepMs;
      const startAt = T0 + Math.floor((at - T0) / (7 * DAY_MS)) * 7 * DAY_MS;
      const status = track.status(step);
      expect(status.period).toEqual({ startAt, endAt: startAt + 7 * DAY_MS });
      if (at === startAt) continue;
      const consumed = failedBetween(startAt, at) / (7 * 1_440 * 1_000 * 0.01);
      expect(Math.abs((status.budgetConsumed ?? Number.NaN) - consumed), `at step ${step}`).toBeLessThan(
        0.002,
      );
    }
  });

  it('that rolls is the one that ends at the step', async () => {
    const track = new ObjectiveTrack(objective({ periodMs: 7 * DAY_MS }), midwatch);
    const grid = { fromAt: T0 + 14 * DAY_MS, stepMs: HOUR_MS, steps: 48 };
    await track.load(grid, { target, reader: null });
    for (let step = 0; step < grid.steps; step += 1) {
      const at = grid.fromAt + step * grid.stepMs;
      const consumed = failedBetween(at - 7 * DAY_MS, at) / (7 * 1_440 * 1_000 * 0.01);
      expect(track.status(step).budgetConsumed).toBeCloseTo(consumed, 2);
    }
  });

  it('has the length of its own month, and its thresholds follow', async () => {
    const month = {
      unit: 'month' as const,
      count: 1,
      timeZone: 'Europe/Berlin',
      startTime: '2026-01-01 00:00:00',
    };
    const track = new ObjectiveTrack(objective({ calendar: month, periodMs: 30 * DAY_MS }), midwatch);
    const march = Date.parse('2026-03-01T00:00:00+01:00');
    await track.load({ fromAt: march - HOUR_MS, stepMs: HOUR_MS, steps: 3 }, { target, reader: null });
    const page = (step: number) => track.status(step).rows.find((row) => row.name === 'page')?.threshold;
    expect(page(0)).toBeCloseTo((0.02 * 28 * 24) / 1, 9);
    // Berlin's March is an hour short of 31 days.
    expect(page(1)).toBeCloseTo((0.02 * 743) / 1, 9);
  });
});
