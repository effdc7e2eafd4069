import { describe, expect, it } from 'vitest';
import { createInlineTarget } from '../../../main/query/index.ts';
import { complianceOf, historyOf, planObjective, spentBy, whatIf } from '../../../main/slo/index.ts';
import { compareEpisodes } from '../../../main/slo/what-if.ts';
import type { Correction } from '../../../shared/model/correction.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = Date.UTC(2026, 0, 5);
const policies = ['midwatch', 'sre-workbook', 'fixed'].map(shippedPolicy);
const objective = gatewayObjective({
  indicator: { good: 'requests_bucket{le="0.1"}', total: 'requests_bucket{le="+Inf"}' },
  target: 0.99,
  kind: 'latency',
  thresholdMs: 100,
});

/** Two days at 600 a minute; from the 30th hour one instance answers slowly for 20 minutes. */
function target() {
  const { writer, reader } = createMemorySamples();
  const minutes = 2 * 24 * 60;
  const slow = (minute: number) => minute >= 30 * 60 && minute < 30 * 60 + 20;
  const block = (instance: string, le: string, ofMinute: (minute: number) => number) => {
    let value = 0;
    const times = Float64Array.from({ length: minutes }, (_one, i) => T0 + (i + 1) * MINUTE_MS);
    const values = Float64Array.from(times, (_one, i) => {
      value += ofMinute(i);
      return value;
    });
    return { labels: { __name__: 'requests_bucket', le, instance }, times, values, synthetic: false };
  };
  writer.backfill([
    block('a', '0.1', (minute) => (slow(minute) ? 0 : 300)),
    block('a', '0.5', () => 300),
    block('a', '+Inf', () => 300),
    block('b', '0.1', () => 300),
    block('b', '0.5', () => 300),
    block('b', '+Inf', () => 300),
  ]);
  return createInlineTarget('local', reader);
}

const range = { fromAt: T0 + DAY_MS, toAt: T0 + 2 * DAY_MS };

describe('the past of an objective', () => {
  it('has the alert that live evaluation would have had, with its reason', async () => {
    const history = await historyOf(
      objective,
      planObjective(objective, policies[0] as never),
      target(),
      range,
    );
    expect(history.episodes).toHaveLength(1);
    const [episode] = history.episodes;
    expect(episode).toMatchObject({ row: 'page', priority: 'P0' });
    // 50 % errors are 50× budget: 13.44 · 0.01 / 0.5 · 1 h = 16.1 min.
    expect(((episode?.firedAt ?? 0) - (T0 + 30 * HOUR_MS)) / MINUTE_MS).toBeGreaterThanOrEqual(16);
    expect(episode?.reason).toContain('page row holds');
    expect(history.pagesPerDay).toBe(1);
    expect(history.bad).toBeCloseTo(20 * 300, -3);
    expect(history.seenFraction).toBe(1);
  });

  it('says which alerts a change would have brought and taken away', async () => {
    const asked = target();
    const lax = await whatIf(objective, { thresholdMs: 500 }, policies, asked, range);
    expect(lax).toMatchObject({ came: [], kept: 0, gone: [{ row: 'page' }] });
    const strict = await whatIf(objective, { target: 0.999 }, policies, asked, range);
    expect(strict.kept).toBe(1);
    expect(strict.after.episodes[0]?.firedAt).toBeLessThan(strict.before.episodes[0]?.firedAt ?? 0);
    await expect(whatIf(objective, { thresholdMs: 200 }, policies, asked, range)).rejects.toThrow(
      /no bucket at 200 ms.*100 ms and 500 ms/,
    );
    await expect(whatIf(objective, { policy: 'other' }, policies, asked, range)).rejects.toThrow(
      /no policy named other/,
    );
  });

  it('tells who spent the budget', async () => {
    const found = await spentBy(objective, target(), range, undefined);
    expect(found).toMatchObject({ label: 'instance', labels: ['instance'] });
    expect(found.parts[0]).toMatchObject({ value: 'a' });
    expect(found.parts[0]?.share).toBeGreaterThan(0.99);
  });

  it('counts who spent it step by step, and stops when nobody waits any more', async () => {
    const steps: number[] = [];
    const watch = { onProgress: (done: number, all: number) => void steps.push(done / all) };
    await spentBy(objective, target(), range, undefined, watch);
    expect(steps).toEqual([0, 0.5, 1]);
    const abort = new AbortController();
    const ended = spentBy(objective, target(), range, undefined, {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    await expect(ended).rejects.toThrow('cancelled');
  });

  it('is nothing where there are no data, and says so', async () => {
    const history = await historyOf(objective, planObjective(objective, policies[0] as never), target(), {
      fromAt: T0 - 3 * DAY_MS,
      toAt: T0 - DAY_MS,
    });
    expect(history).toMatchObject({
      episodes: [],
      bad: null,
      total: null,
      budgetRemaining: null,
      seenFraction: 0,
    });
    expect(history.notes.join()).toContain('no data');
  });
});

describe('compliance', () => {
  const correction: Correction = {
    id: 'c1',
    objectiveId: objective.id,
    fromAt: T0 + 29 * HOUR_MS,
    toAt: T0 + 32 * HOUR_MS,
    reason: 'planned move',
    by: 'ana',
    createdAt: T0,
    revoked: null,
  };

  it('is measured, and corrected with the measured number beside it', async () => {
    const plain = await complianceOf(objective, target(), [], range);
    expect(plain).toMatchObject({ met: true, uncorrectedRemaining: null, corrections: [] });
    expect(plain.achieved).toBeCloseTo(1 - 6_000 / (600 * 1_440), 3);
    const corrected = await complianceOf(objective, target(), [correction], range);
    expect(corrected.achieved).toBe(1);
    expect(corrected.uncorrectedRemaining).toBeCloseTo(plain.budgetRemaining ?? 0, 9);
    expect(corrected.corrections[0]).toContain('planned move (ana)');
    const revoked = { ...correction, revoked: { by: 'ben', at: T0, reason: 'wrong day' } };
    expect(await complianceOf(objective, target(), [revoked], range)).toEqual(plain);
  });

  it('is unknown where the source is gone: neither kept nor missed', async () => {
    expect(await complianceOf(objective, undefined, [], range)).toMatchObject({ met: null, achieved: null });
  });
});

describe('comparing alerts', () => {
  it('takes those that overlap for the same', () => {
    const one = (firedAt: number, resolvedAt: number | null) => ({
      ...{ row: 'page', priority: 'P0' as const, firedAt, resolvedAt, peakBurnRate: 20, reason: '' },
    });
    expect(compareEpisodes([one(0, 10), one(20, 30)], [one(5, 12), one(40, null)])).toEqual({
      came: [one(40, null)],
      gone: [one(20, 30)],
      kept: 1,
    });
  });
});
