import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createNoDataWatch } from '../../../main/alert/index.ts';
import { ok } from '../../../shared/error/result.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';
import { hasPrometheus, type RealPrometheus, startPrometheus } from '../../support/real-prometheus.ts';

const START_S = 1_768_384_800;
const STEP_S = 15;
const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]).optional(),
        values: z.array(z.tuple([z.number(), z.string()])).optional(),
      }),
    ),
  }),
});

/** Samples of one series each 15 s. */
function series(
  name: string,
  labels: string,
  fromS: number,
  toS: number,
  value: (i: number) => number,
): string {
  const lines: string[] = [];
  for (let at = fromS, i = 0; at <= toS; at += STEP_S, i += 1)
    lines.push(`${name}{${labels}} ${value(i)} ${START_S + at}`);
  return lines.join('\n');
}

const METRICS = `${[
  '# TYPE old_requests counter',
  series('old_requests_total', 'job="shop",service="pay"', -3_600, 0, (i) => i * 10),
  '# TYPE pay_requests counter',
  series('pay_requests_total', 'job="shop",service="pay"', 15, 900, (i) => i * 10),
  '# TYPE other_requests counter',
  series('other_requests_total', 'job="web",instance="w:1"', -3_600, 0, (i) => i * 10),
  '# TYPE up gauge',
  series('up', 'job="web",instance="w:1"', -3_600, 0, () => 1),
  series('up', 'job="web",instance="w:1"', 15, 900, () => 0),
].join('\n')}\n# EOF\n`;

describe.skipIf(!hasPrometheus())('no data of a real Prometheus', () => {
  let folder = '';
  let prometheus: RealPrometheus;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'midwatch-no-data-'));
    prometheus = await startPrometheus(folder, METRICS);
  }, 60_000);
  afterAll(async () => {
    await prometheus.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Every question must be one that Prometheus takes. */
  const target: QueryTarget = {
    id: 'prom',
    async instant(query, at) {
      const answer = Answer.parse(await prometheus.get('/api/v1/query', { query, time: String(at / 1_000) }));
      const samples = answer.data.result.map(({ metric, value }) => ({
        labels: metric,
        at,
        value: Number(value?.[1] ?? Number.NaN),
      }));
      return ok({ kind: 'vector', samples });
    },
    async range(query, { fromAt, toAt, stepMs }) {
      const answer = Answer.parse(
        await prometheus.get('/api/v1/query_range', {
          query,
          start: String(fromAt / 1_000),
          end: String(toAt / 1_000),
          step: String(stepMs / 1_000),
        }),
      );
      return ok(
        answer.data.result.map(({ metric, values = [] }) => ({
          labels: metric,
          times: Float64Array.from(values, ([at]) => at * 1_000),
          values: Float64Array.from(values, ([, value]) => Number(value)),
        })),
      );
    },
  };
  const watch = createNoDataWatch({
    services: () => [],
    changes: () => [
      { id: 'c', at: START_S * 1_000 - 60_000, service: 'pay', what: 'pay v1 → v2', from: 'v1', to: 'v2' },
    ],
    known: () => [],
  });

  it('names what the series are called now, and the deployment before', async () => {
    const { diagnoses } = await watch.look({
      sourceId: 'prom',
      target,
      at: (START_S + 600) * 1_000,
      pollMs: 15_000,
      down: await watch.ask(target, (START_S + 600) * 1_000),
      subjects: [{ ruleId: 'pay', service: 'pay', expressions: ['old_requests_total'], noData: true }],
    });
    expect(diagnoses.get('pay')).toMatchObject({ kind: 'gone' });
    expect(diagnoses.get('pay')?.reason).toMatch(
      /^series gone since 10:00 UTC, likely renamed to pay_requests_total since 10:00 UTC \(100 % .*\), pay v1 → v2 at 09:59 UTC$/,
    );
  });

  it('is blindness where up says so', async () => {
    const { diagnoses, outages } = await watch.look({
      sourceId: 'prom',
      target,
      at: (START_S + 360) * 1_000,
      pollMs: 15_000,
      down: await watch.ask(target, (START_S + 360) * 1_000),
      subjects: [
        {
          ruleId: 'web',
          service: 'web',
          expressions: ['increase(other_requests_total[$window])'],
          noData: true,
        },
      ],
    });
    expect(diagnoses.get('web')?.reason).toContain('the target w:1 (job web) cannot be scraped');
    expect(outages).toMatchObject([{ labels: { alertname: 'TargetDown', job: 'web' }, service: 'web' }]);
  });
});
