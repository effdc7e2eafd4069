import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInlineTarget, createJoinedTarget } from '../../../main/query/index.ts';
import type { PrometheusSource } from '../../../main/source/index.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';
import { loadSeries } from '../../support/load-notation.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { hasPrometheus, type RealPrometheus, startPrometheus } from '../../support/real-prometheus.ts';
import { openSource } from '../../support/source.ts';

const MINUTE = 60_000;
const START = 1_700_000_040_000 - (1_700_000_040_000 % MINUTE);
const AT = START + 10 * MINUTE;
const here = hasPrometheus();
if (!here) console.log('Skipped: no prometheus and promtool here, so nothing was joined with a real one.');

/** Visits are in a real Prometheus, orders are stored here. */
describe.skipIf(!here)('an expression over what is stored here and a real Prometheus', () => {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-joined-'));
  let prometheus: RealPrometheus;
  let source: PrometheusSource;
  let local: QueryTarget;

  beforeAll(async () => {
    const lines = Array.from({ length: 11 }, (_, i) => {
      const seconds = (START + i * MINUTE) / 1_000;
      return [
        `visits_total{shop="a",pod="1"} ${i * 60} ${seconds}`,
        `visits_total{shop="b",pod="1"} ${i * 120} ${seconds}`,
      ];
    });
    const [a, b] = [0, 1].map((shop) => lines.map((pair) => pair[shop]));
    prometheus = await startPrometheus(
      folder,
      ['# TYPE visits_total unknown', ...(a ?? []), ...(b ?? []), '# EOF', ''].join('\n'),
    );
    source = openSource(prometheus.base, { timeout: '10s' });
    const store = createMemorySamples();
    loadSeries(
      store.writer,
      ['orders_total{shop="a"} 0+6x10', 'orders_total{shop="b"} 0+30x10'],
      MINUTE,
      START,
    );
    const own = createInlineTarget('local', store.reader);
    local = createJoinedTarget({
      own,
      local: own,
      target: (id) => ({ prom: source as QueryTarget, local: own })[id],
      localSources: () => [],
      compat: () => 3,
    });
  }, 60_000);
  afterAll(async () => {
    await source?.close();
    await prometheus?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const RATIO =
    'sum by (shop) (increase(orders_total[5m])) / sum by (shop) (increase(visits_total{__source__="prom"}[5m]))';

  it('answers one instant with the numbers of both', async () => {
    const answer = await local.instant(RATIO, AT);
    if (!answer.ok || answer.value.kind !== 'vector') throw new Error(JSON.stringify(answer));
    const values = Object.fromEntries(answer.value.samples.map(({ labels, value }) => [labels.shop, value]));
    expect(values.a).toBeCloseTo(0.1, 9);
    expect(values.b).toBeCloseTo(0.25, 9);
  });

  it('answers a range step by step, and a subquery over both', async () => {
    const window = { fromAt: START + 6 * MINUTE, toAt: AT, stepMs: MINUTE };
    const answer = await local.range(RATIO, window);
    if (!answer.ok) throw new Error(answer.error.message);
    expect(answer.value).toHaveLength(2);
    for (const { labels, values } of answer.value)
      for (const value of values) expect(value).toBeCloseTo(labels.shop === 'a' ? 0.1 : 0.25, 9);
    const most = await local.instant(`max_over_time((${RATIO})[3m:1m])`, AT);
    expect(most).toMatchObject({ ok: true, value: { kind: 'vector', samples: [{}, {}] } });
  });

  it('says what the Prometheus says of a part that it refuses', async () => {
    const answer = await local.instant(
      'orders_total + on (shop) group_right () no_such_thing(visits_total{__source__="prom"})',
      AT,
    );
    expect(answer.ok).toBe(false);
    const wrong = await local.instant(
      'orders_total * on (shop) group_left () label_replace(visits_total{__source__="prom"}, "shop", "x", "", "")',
      AT,
    );
    expect(wrong.ok ? '' : wrong.error.message).toMatch(/prom, asked for|several|same labels|vector/i);
  });
});
