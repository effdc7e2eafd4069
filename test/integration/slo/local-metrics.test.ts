import { describe, expect, it } from 'vitest';
import { inlineWorker, silentLogger } from '../../../main/platform/index.ts';
import { createInlineTarget } from '../../../main/query/index.ts';
import { createObjectives, notCarried, type SloApi, sloApi } from '../../../main/slo/index.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = 1_800_000_000_000;
const facts = { pollMs: SECOND_MS, blind: null };
const OK: Labels = {
  __name__: 'http_requests_total',
  job: 'gateway',
  instance: 'gateway:8080',
  service: 'gateway',
  code: '200',
};
const FAILED: Labels = {
  __name__: 'http_requests_total',
  job: 'gateway',
  instance: 'gateway:8080',
  service: 'gateway',
  code: '500',
};

const objective = gatewayObjective({
  indicator: {
    bad: 'http_requests_total{service="gateway",code=~"5.."}',
    total: 'http_requests_total{service="gateway"}',
  },
});

/** Local metrics with a gateway that has served 100 requests a second for 28 days, scraped each second at the end. */
function gateway() {
  const store = createMemorySamples();
  const times: number[] = [];
  for (let at = T0 - 29 * 24 * HOUR_MS; at < T0 - 2 * HOUR_MS; at += 10 * MINUTE_MS) times.push(at);
  for (let at = T0 - 2 * HOUR_MS; at <= T0; at += SECOND_MS) times.push(at);
  const values = Float64Array.from(times, (at) => (at - T0 + 30 * 24 * HOUR_MS) / 10);
  store.writer.backfill([{ labels: OK, times: Float64Array.from(times), values, synthetic: true }]);
  const served = (values.at(-1) ?? 0) + 0;
  let failed = 0;
  return {
    target: createInlineTarget('local', store.reader, { countNewSeriesFromZero: true }),
    /** One scrape of a gateway that fails every request; the series of failures is born with the first. */
    outage(at: number) {
      failed += 100;
      const { refs } = store.writer.register([OK, FAILED]) as { refs: Uint32Array };
      store.writer.append({ at, refs, values: Float64Array.of(served, failed) });
    },
  };
}

describe('an objective over local metrics', () => {
  it('pages within 5 s of a total outage at 99.99 % over 28 d, its series of failures born with it', async () => {
    const { target, outage } = gateway();
    const objectives = createObjectives({
      worker: inlineWorker<SloApi>('slo', sloApi),
      policies: [shippedPolicy('midwatch')],
      log: silentLogger(),
    });
    const at = async (second: number) => {
      const [status] = await objectives.evaluate([objective], target, T0 + second * SECOND_MS, facts);
      await objectives.idle();
      if (!status) throw new Error('no status');
      return { status, finding: objectives.observe(status).finding.kind };
    };
    await at(-1);
    const calm = await at(0);
    expect(calm.status.reason).toContain('0 of 30,000 failed');
    expect(calm.status).toMatchObject({ state: 'ok', budgetRemaining: 1, pollErrorRate: 0 });
    expect(calm.finding).toBe('clear');
    const found: string[] = [];
    for (let second = 1; second <= 6; second++) {
      outage(T0 + second * SECOND_MS);
      found.push((await at(second)).finding);
    }
    // 4.84 s is between the fourth and the fifth scrape.
    expect(found).toEqual(['clear', 'clear', 'clear', 'clear', 'holds', 'holds']);
    expect((await at(6)).status).toMatchObject({ state: 'burning', holding: 'page' });
  });

  it('whose indicator is an expression of sums counts every window at every sample, as plain counters do', async () => {
    const { target, outage } = gateway();
    const objectives = createObjectives({
      worker: inlineWorker<SloApi>('slo', sloApi),
      policies: [shippedPolicy('midwatch')],
      log: silentLogger(),
    });
    const { bad, total } = objective.indicator;
    const summed = {
      ...objective,
      id: 'summed',
      indicator: {
        bad: `sum(rate(${bad}[$window])) or vector(0)`,
        total: `sum by (job) (rate(${total}[{{.window}}]))`,
      },
    };
    const counted = { ...summed, id: 'counted', indicator: { bad: `max(increase(${bad}[$window]))`, total } };
    const asked: string[] = [];
    const listening = {
      ...target,
      instant: (...args: Parameters<typeof target.instant>) => {
        asked.push(args[0]);
        return target.instant(...args);
      },
    };
    let statuses: readonly ObjectiveStatus[] = [];
    for (let second = 0; second <= 4; second++) {
      if (second > 1) outage(T0 + second * SECOND_MS);
      asked.length = 0;
      const all = [objective, summed, counted];
      statuses = await objectives.evaluate(all, listening, T0 + second * SECOND_MS, facts);
      await objectives.idle();
    }
    const [plain, sum, other] = statuses.map((one) =>
      one.windows.map(({ anchoredAt: at, ...rest }) => ({ at, ...rest })),
    );
    expect(sum?.map((one) => one.at)).toEqual(sum?.map(() => null));
    sum?.forEach((one, place) => {
      expect(one.total).toBeCloseTo(plain?.[place]?.total ?? Number.NaN, 3);
      expect(one.bad).toBeCloseTo(plain?.[place]?.bad ?? Number.NaN, 3);
    });
    // No question of the sums goes to the store at this tick; the maximum is asked for anew, and its long windows are not.
    expect(asked.filter((query) => query.includes('rate('))).toEqual([]);
    expect(asked.some((query) => query.includes('max('))).toBe(true);
    expect(other?.some((one) => one.at !== null)).toBe(true);
    expect(notCarried(objective)).toBeNull();
    expect(notCarried(summed)).toBeNull();
    expect(notCarried(counted)).toContain('max(increase(');
  });
});
