import { describe, expect, it } from 'vitest';
import { inlineWorker, silentLogger } from '../../../main/platform/index.ts';
import { createObjectives, type SloApi, sloApi } from '../../../main/slo/index.ts';
import type { Objective, ObjectiveStatus } from '../../../shared/model/objective.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { type CounterTarget, counterTarget } from '../../support/counter-target.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

/** Midnight, so that test times read well. */
const T0 = 1_800_000_000_000;
const facts = { pollMs: SECOND_MS, blind: null };

function stage() {
  return createObjectives({
    worker: inlineWorker<SloApi>('slo', sloApi),
    policies: [shippedPolicy('midwatch')],
    log: silentLogger(),
  });
}

/** A gateway with 28 days behind it: 100 requests a second, none failed; the last two hours by the second. */
function seasoned(): CounterTarget {
  const target = counterTarget();
  target.grow('requests', 100, T0 - 29 * DAY_MS, T0 - 2 * HOUR_MS, MINUTE_MS);
  target.grow('requests', 100, T0 - 2 * HOUR_MS + SECOND_MS, T0, SECOND_MS);
  return target;
}

type Stage = ReturnType<typeof stage>;

async function evaluate(
  objectives: Stage,
  target: CounterTarget,
  at: number,
  objective: Objective = gatewayObjective(),
): Promise<ObjectiveStatus> {
  const [status] = await objectives.evaluate([objective], target, at, facts);
  await objectives.idle();
  if (!status) throw new Error('no status');
  return status;
}

const windowOf = (status: ObjectiveStatus, windowMs: number) =>
  status.windows.find((window) => window.windowMs === windowMs);

describe('an objective over a source', () => {
  it('is starting at the first poll and knows everything at the second', async () => {
    const objectives = stage();
    const target = seasoned();
    const first = await evaluate(objectives, target, T0 - SECOND_MS);
    expect(first).toMatchObject({ state: 'starting', pollErrorRate: null, trend: [] });
    expect(objectives.observe(first).finding.kind).toBe('between');
    const second = await evaluate(objectives, target, T0);
    expect(second).toMatchObject({ state: 'ok', budgetRemaining: 1, timeToExhaustionMs: -1 });
    expect(second).toMatchObject({ pollErrorRate: 0, trendStepMs: 15 * MINUTE_MS });
    expect(second.windows.every((window) => window.seenFraction === 1)).toBe(true);
    expect(second.trend).toHaveLength(96);
    expect(new Set(second.trend)).toEqual(new Set([0]));
    expect(objectives.observe(second).finding.kind).toBe('clear');
  });

  it('pages 4.8 s into a total outage at 99.99 % over 28 d, and not a second before', async () => {
    const objectives = stage();
    const target = seasoned();
    await evaluate(objectives, target, T0 - SECOND_MS);
    await evaluate(objectives, target, T0);
    // The series of failures is born with the outage: before, there was none.
    target.put('failed', T0, 0);
    const seen: string[] = [];
    for (let second = 1; second <= 6; second++) {
      const at = T0 + second * SECOND_MS;
      target.grow('requests', 100, at, at, SECOND_MS);
      target.grow('failed', 100, at, at, SECOND_MS);
      const status = await evaluate(objectives, target, at);
      seen.push(objectives.observe(status).finding.kind);
      if (second === 5) {
        expect(status.holding).toBe('page');
        expect(status.reason).toMatch(/500 of .* failed/);
        // B(1 h) = 500 / 360 000 / 0.0001.
        expect(windowOf(status, HOUR_MS)?.burnRate).toBeCloseTo(13.89, 1);
      }
    }
    expect(seen).toEqual(['clear', 'clear', 'clear', 'clear', 'holds', 'holds']);
  });

  it('clears when the short window is clean, and the poll sees the end within three polls', async () => {
    const objectives = stage();
    const target = seasoned();
    await evaluate(objectives, target, T0 - SECOND_MS);
    await evaluate(objectives, target, T0);
    target.put('failed', T0, 0);
    const run = async (from: number, to: number, failing: number) => {
      const rates: (number | null)[] = [];
      for (let second = from; second <= to; second++) {
        const at = T0 + second * SECOND_MS;
        target.grow('requests', 100, at, at, SECOND_MS);
        target.grow('failed', failing, at, at, SECOND_MS);
        rates.push((await evaluate(objectives, target, at)).pollErrorRate);
      }
      return rates;
    };
    expect((await run(1, 20, 50)).at(-1)).toBeCloseTo(0.5, 9);
    expect((await run(21, 24, 0)).slice(2)).toEqual([0, 0]);
    target.grow('requests', 100, T0 + 25 * SECOND_MS, T0 + 330 * SECOND_MS, SECOND_MS);
    target.grow('failed', 0, T0 + 25 * SECOND_MS, T0 + 330 * SECOND_MS, SECOND_MS);
    const after = await evaluate(objectives, target, T0 + 330 * SECOND_MS);
    expect(windowOf(after, HOUR_MS)?.burnRate).toBeGreaterThan(13.44);
    expect(objectives.observe(after).finding.kind).toBe('clear');
    // 1 000 failed of 28 d · 8.64 M a day at 0.01 %: 4.1 % of the budget.
    expect(after.budgetConsumed).toBeCloseTo(1_000 / (28 * 8_640_000 * 1e-4), 3);
  });

  it('counts long windows in full each hundredth and by increments between, which it labels', async () => {
    const objectives = stage();
    const target = seasoned();
    await evaluate(objectives, target, T0 - 60 * SECOND_MS);
    target.asked.length = 0;
    target.put('failed', T0 - 50 * SECOND_MS, 0);
    target.put('failed', T0 - 40 * SECOND_MS, 7);
    const status = await evaluate(objectives, target, T0);
    expect(target.asked.filter((query) => /\[(6h|3d|1d)\]/.test(query))).toEqual([]);
    for (const windowMs of [6 * HOUR_MS, 3 * DAY_MS, 28 * DAY_MS]) {
      expect(windowOf(status, windowMs)).toMatchObject({ anchoredAt: T0 - 60 * SECOND_MS, bad: 7 });
    }
    expect(windowOf(status, HOUR_MS)).toMatchObject({ anchoredAt: null, bad: 7 });
    target.grow('requests', 100, T0 + SECOND_MS, T0 + 4 * MINUTE_MS, SECOND_MS);
    await evaluate(objectives, target, T0 + 4 * MINUTE_MS);
    expect(target.asked.filter((query) => query.includes('[6h]'))).toHaveLength(2);
    expect(target.asked.some((query) => query.includes('[3d]'))).toBe(false);
  });

  it('asks for a month once: later only for what is new of it and for what leaves it', async () => {
    const objectives = stage();
    const target = seasoned();
    await evaluate(objectives, target, T0 - 8 * HOUR_MS);
    target.asked.length = 0;
    await evaluate(objectives, target, T0 - HOUR_MS);
    const status = await evaluate(objectives, target, T0 - HOUR_MS + SECOND_MS);
    const days = target.asked.filter((query) => query === 'sum(increase(requests[1d]))');
    // Of the newest day, over for under an hour at the first count, late samples might have come.
    expect(days).toHaveLength(1);
    const parts = target.asked.filter((query) => /^sum\(increase\(requests\[(7|17)h\]\)\)$/.test(query));
    // The odometer asks for the 7 h since then as well.
    expect([...new Set(parts)].toSorted()).toEqual([
      'sum(increase(requests[17h]))',
      'sum(increase(requests[7h]))',
    ]);
    const anew = stage();
    await evaluate(anew, target, T0 - HOUR_MS);
    const fresh = await evaluate(anew, target, T0 - HOUR_MS + SECOND_MS);
    const [kept, whole] = [windowOf(status, 28 * DAY_MS), windowOf(fresh, 28 * DAY_MS)];
    expect(kept?.total ?? 0).toBeGreaterThan(0);
    expect(Math.abs((kept?.total ?? 0) / (whole?.total ?? 1) - 1)).toBeLessThan(1e-4);
  });

  it('counts the period in chunks of at most a day', async () => {
    const target = seasoned();
    await evaluate(stage(), target, T0);
    expect(target.asked.filter((query) => query === 'sum(increase(requests[1d]))')).toHaveLength(28);
    expect(target.asked.some((query) => query.includes('[28d]') || query.includes('[4w]'))).toBe(false);
  });

  it('takes unseen time for good and says how much it saw', async () => {
    const objectives = stage();
    const target = counterTarget();
    target.grow('requests', 100, T0 - 4 * MINUTE_MS, T0, SECOND_MS);
    target.grow('failed', 4, T0 - 4 * MINUTE_MS, T0, SECOND_MS);
    const objective = gatewayObjective({ target: 0.999 });
    await evaluate(objectives, target, T0 - SECOND_MS, objective);
    const status = await evaluate(objectives, target, T0, objective);
    expect(windowOf(status, HOUR_MS)?.seenFraction).toBeCloseTo(4 / 60, 2);
    expect(windowOf(status, HOUR_MS)?.burnRate).toBeCloseTo((40 * 4) / 60, 0);
    expect(status.reason).toContain('seen 4 of 60 min');
    expect(status.state).toBe('ok');
  });

  it('never takes a window for more seen than it was, however coarse its grid: no alert out of nothing', async () => {
    const objectives = stage();
    const target = counterTarget();
    for (let second = 0; second <= 40; second++) {
      const at = T0 + second * SECOND_MS;
      if (second >= 3) target.grow('requests', 100, at, at, SECOND_MS);
      if (second >= 3) target.grow('failed', 10, at, at, SECOND_MS);
      const status = await evaluate(objectives, target, at, gatewayObjective({ target: 0.99 }));
      for (const window of status.windows) {
        expect(window.seenFraction * window.windowMs).toBeLessThanOrEqual(
          Math.max(0, second - 3) * SECOND_MS + 1,
        );
      }
      expect(status.holding).toBeNull();
    }
  });

  it('knows the scrape interval of a young series soon: each poll has an error rate of its own', async () => {
    const objectives = stage();
    const target = counterTarget();
    const told: number[] = [];
    for (let second = 0; second <= 60; second++) {
      const at = T0 + second * SECOND_MS;
      target.grow('requests', 100, at, at, SECOND_MS);
      const status = await evaluate(objectives, target, at);
      if (status.pollErrorRate !== null) told.push(second);
    }
    expect(told.filter((second) => second > 30)).toHaveLength(30);
  });

  it('counts good events too: a good series that is missing means that all failed', async () => {
    const objectives = stage();
    const objective = gatewayObjective({ indicator: { good: 'succeeded', total: 'requests' } });
    const status = await evaluate(objectives, seasoned(), T0, objective);
    expect(status).toMatchObject({ state: 'burning', holding: 'page' });
    expect(objectives.observe(status).failingShare).toBe(1);
  });
});

describe('an objective that cannot be counted', () => {
  it('has no data, and no error rate of zero, where the total is not there', async () => {
    const objectives = stage();
    const target = counterTarget();
    target.grow('failed', 0, T0 - HOUR_MS, T0, SECOND_MS);
    await evaluate(objectives, target, T0 - SECOND_MS);
    const status = await evaluate(objectives, target, T0);
    expect(status).toMatchObject({ state: 'no-data', budgetRemaining: null, pollErrorRate: null });
    expect(status.windows.every((window) => window.burnRate === null)).toBe(true);
    expect(objectives.observe(status).finding.kind).toBe('no-data');
  });

  it('is blind while the source does not answer, and shows no number of before', async () => {
    const objectives = stage();
    const target = seasoned();
    await evaluate(objectives, target, T0 - SECOND_MS);
    target.fail({ code: 'unreachable', message: 'The connection was refused.', retryable: true });
    const status = await evaluate(objectives, target, T0);
    expect(status).toMatchObject({ state: 'blind', budgetRemaining: null, pollErrorRate: null });
    expect(status.reason).toContain('refused');
    expect(objectives.observe(status).finding.kind).toBe('blind');
    target.fail(null);
    expect((await evaluate(objectives, target, T0)).state).toBe('ok');
  });

  it('is blind where the caller knows better than the answers', async () => {
    const objectives = stage();
    const blind = 'The scrape of the gateway fails.';
    const [status] = await objectives.evaluate([gatewayObjective()], seasoned(), T0, { ...facts, blind });
    expect(status).toMatchObject({ state: 'blind', reason: blind, windows: [] });
  });

  it('is in error where only its author can help: its text, its policy, its indicator', async () => {
    const objectives = stage();
    const target = seasoned();
    for (const change of [
      { indicator: { bad: 'sum(', total: 'requests' } },
      { indicator: { bad: 'failed', total: 'sum(requests)' } },
      { indicator: { total: 'requests' } },
      { policy: 'unheard-of' },
    ]) {
      const status = await evaluate(objectives, target, T0, gatewayObjective(change));
      expect(status.state).toBe('blind');
      expect(objectives.observe(status).finding.kind).toBe('error');
    }
  });

  it('says which row is blind where only a long window fails, and keeps paging by the others', async () => {
    const objectives = stage();
    const target = seasoned();
    target.failOn(/\[3d\]/);
    await evaluate(objectives, target, T0 - SECOND_MS);
    const status = await evaluate(objectives, target, T0);
    expect(status.state).toBe('blind');
    expect(status.reason).toContain('The notice row is blind: the 3 d window could not be counted');
    target.put('failed', T0 - SECOND_MS, 0);
    target.put('failed', T0, 900);
    expect(await evaluate(objectives, target, T0)).toMatchObject({ state: 'burning', holding: 'page' });
  });

  it('asks a long window again only after a while', async () => {
    const objectives = stage();
    const target = seasoned();
    target.failOn(/\[6h\]/);
    for (let second = 0; second < 10; second++) await evaluate(objectives, target, T0 + second * SECOND_MS);
    expect(target.asked.filter((query) => query === 'sum(increase(requests[6h]))')).toHaveLength(1);
  });
});

describe('the error rate of the last poll', () => {
  it('is not told thrice of one pair of samples where the source is scraped every 15 s', async () => {
    const objectives = stage();
    const target = counterTarget();
    target.grow('requests', 100, T0 - 30 * MINUTE_MS, T0 + 5 * MINUTE_MS, 15 * SECOND_MS);
    target.grow('failed', 1, T0 - 30 * MINUTE_MS, T0 + 5 * MINUTE_MS, 15 * SECOND_MS);
    const told: number[] = [];
    for (let second = 0; second <= 120; second += 5) {
      const status = await evaluate(objectives, target, T0 + second * SECOND_MS);
      if (status.pollErrorRate !== null) told.push(second);
    }
    expect(told).toHaveLength(8);
    for (let at = 1; at < told.length; at++) expect((told[at] ?? 0) - (told[at - 1] ?? 0)).toBe(15);
  });

  it('takes up a clock that was set back', async () => {
    const objectives = stage();
    const target = seasoned();
    await evaluate(objectives, target, T0 - SECOND_MS);
    expect((await evaluate(objectives, target, T0)).pollErrorRate).toBe(0);
    expect((await evaluate(objectives, target, T0 - HOUR_MS)).pollErrorRate).toBe(0);
  });
});

describe('many objectives', () => {
  it('come back in their order, and what a reload removed is forgotten', async () => {
    const objectives = stage();
    const target = seasoned();
    const all = Array.from({ length: 20 }, (_, index) => gatewayObjective({ id: `objective-${index}` }));
    const statuses = await objectives.evaluate(all, target, T0, facts);
    expect(statuses.map((status) => status.objective.id)).toEqual(all.map((objective) => objective.id));
    await objectives.idle();
    objectives.retain(new Set(['objective-3']));
    const again = await objectives.evaluate(all, target, T0, facts);
    expect(again.filter((status) => status.state === 'ok').map((status) => status.objective.id)).toEqual([
      'objective-3',
    ]);
    await objectives.idle();
  });

  it('are never more than ten queries at once', async () => {
    const target = seasoned();
    let running = 0;
    let most = 0;
    const counted = {
      ...target,
      instant: async (expression: string, at: number) => {
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        const answer = await target.instant(expression, at);
        running -= 1;
        return answer;
      },
    };
    const objectives = stage();
    const all = Array.from({ length: 20 }, (_, index) => gatewayObjective({ id: `objective-${index}` }));
    await objectives.evaluate(all, counted, T0, facts);
    await objectives.idle();
    expect(most).toBeGreaterThan(4);
    expect(most).toBeLessThanOrEqual(10);
  });
});
