import { describe, expect, it } from 'vitest';
import { createInlineTarget } from '../../../main/query/index.ts';
import { askWarnings } from '../../../main/slo/ask-warnings.ts';
import { planObjective } from '../../../main/slo/math/index.ts';
import type { Objective } from '../../../shared/model/objective.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { counterTarget } from '../../support/counter-target.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const NOW = 1_800_000_000_000;

/** A week of a counter that grows so much an hour, with the buckets of a histogram beside it. */
function week(perHour: number) {
  const store = createMemorySamples();
  const times = Float64Array.from(
    { length: 7 * 24 * 12 },
    (_, i) => NOW - 7 * DAY_MS + (i + 1) * 5 * MINUTE_MS,
  );
  const block = (labels: Record<string, string>, share: number) => ({
    labels,
    times,
    values: times.map((_, i) => (i * perHour * share) / 12),
    synthetic: false,
  });
  store.writer.backfill([
    block({ __name__: 'requests_total' }, 1),
    block({ __name__: 'failed_total' }, 0.01),
    ...['0.1', '0.25', '+Inf'].map((le) => block({ __name__: 'd_bucket', le }, 0.9)),
  ]);
  return createInlineTarget('local', store.reader);
}

async function asked(change: Partial<Objective>, perHour: number, target = week(perHour)) {
  const objective = gatewayObjective({
    indicator: { bad: 'failed_total', total: 'requests_total' },
    ...change,
  });
  return askWarnings(objective, planObjective(objective, shippedPolicy('midwatch')), target, NOW);
}

describe('what only data can say of an objective', () => {
  it('is nothing where traffic reaches the minimums', async () => {
    expect(await asked({}, 36_000)).toEqual({ warnings: [], notLooked: [] });
  });

  it('is that a row fires only at half failing, where the short window has too few events', async () => {
    const { warnings } = await asked({}, 60);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^the page row: usual traffic brings 5(?:\.\d+)? events in 5 m, under the minimum of 10/,
    );
  });

  it('is that a row can never fire, where the long window has fewer events than must fail', async () => {
    const { warnings } = await asked({}, 2);
    expect(warnings[0]).toMatch(
      /^the page row: usual traffic brings 2(?:\.\d+)? events in 1 h, so it can never reach/,
    );
  });

  it('is that a threshold is no bound of the buckets, with the nearest two', async () => {
    const latency = {
      kind: 'latency' as const,
      indicator: { good: 'd_bucket{le="0.2"}', total: 'requests_total' },
    };
    expect((await asked({ ...latency, thresholdMs: 200 }, 36_000)).warnings).toEqual([
      'expected a threshold that is a bucket\'s bound; 200 ms is none, the nearest are le="0.1" and le="0.25"',
    ]);
    expect((await asked({ ...latency, thresholdMs: 250 }, 36_000)).warnings).toEqual([]);
  });

  it('is named with its reason where it could not be looked at', async () => {
    const empty = createInlineTarget('local', createMemorySamples().reader);
    const latency = { thresholdMs: 200, indicator: { good: 'd_bucket{le="0.2"}', total: 'requests_total' } };
    expect((await asked(latency, 1, empty)).notLooked).toEqual([
      "whether its threshold is a bucket's bound: its source has no such buckets",
      'its usual traffic: there are no data of it in the last 7 d',
    ]);
    const silent = counterTarget();
    silent.fail({ code: 'unreachable', message: 'Connection refused.', retryable: true });
    const { warnings, notLooked } = await asked(latency, 1, silent);
    expect(warnings).toEqual([]);
    expect(notLooked.join('\n')).toMatch(/did not answer(?:.|\n)*usual traffic: Connection refused/);
  });
});
