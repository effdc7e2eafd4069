import { describe, expect, it } from 'vitest';
import { type Receiving, startReceiving, TOKEN } from '../../support/receiving.ts';
import {
  missingSenders,
  notStored,
  type RemoteWritingPrometheus,
  startManySeries,
  startRemoteWriting,
  startTracedTarget,
} from '../../support/remote-writing-prometheus.ts';
import { until } from '../../support/scraping-prometheus.ts';

const missing = missingSenders('prometheus');
const SERIES = 5_000;

/** Waits until the store has all that Prometheus itself has. */
async function untilStored(prometheus: RemoteWritingPrometheus, receiving: Receiving, upToAt: number) {
  let compared = await notStored(prometheus, (name) => receiving.stored(name), upToAt);
  await until(
    async () => {
      compared = await notStored(prometheus, (name) => receiving.stored(name), upToAt);
      return compared.missing === 0;
    },
    25_000,
    () => `the store lacks samples that Prometheus has: ${JSON.stringify(compared)}`,
  );
  expect(compared.different).toBe(0);
  return compared;
}

describe.skipIf(missing)(`the remote write of a real Prometheus${missing ? ` (${missing})` : ''}`, () => {
  it('brings each sample of thousands of series into the store, once, and their ends', async () => {
    const receiving: Receiving = await startReceiving();
    const target = await startManySeries(SERIES);
    const prometheus = await startRemoteWriting({
      targetPort: target.port,
      receiverPort: receiving.port,
      token: TOKEN,
      scrapeEvery: '1s',
    });
    try {
      const status = () => receiving.api.status().senders[0];
      await until(
        () => (status()?.samples ?? 0) > 3 * SERIES,
        30_000,
        () => `only ${JSON.stringify(status())} came`,
      );
      await target.retire();
      const retiredAt = Date.now();
      // The ends of all series, as stale markers, follow the last scrape.
      await until(
        () => receiving.stored('made_0').every((one) => one.stale === 1),
        20_000,
        'no end was told',
      );
      const compared = await untilStored(prometheus, receiving, retiredAt);
      expect(compared.compared).toBeGreaterThanOrEqual(3 * SERIES);
      expect(await prometheus.own('prometheus_remote_storage_samples_failed_total')).toBe(0);
      expect(status()).toMatchObject({ refused: [], lastProblem: null });
      expect(status()?.agent).toMatch(/^Prometheus\//);
      expect(receiving.stored('up').map((one) => one.labels.job)).toEqual(['many']);
    } finally {
      await prometheus.stop();
      await receiving.close();
    }
  });

  it('brings its exemplars, which lead to their traces', async () => {
    const receiving = await startReceiving();
    const target = await startTracedTarget();
    const prometheus = await startRemoteWriting({
      targetPort: target.port,
      receiverPort: receiving.port,
      token: TOKEN,
      scrapeEvery: '1s',
      exemplars: true,
    });
    const kept = () => receiving.api.exemplars({ metric: 'latency_bucket', limit: 10 });
    try {
      await until(() => kept().length >= 2, 25_000, 'no exemplars came');
      expect(kept()[0]).toMatchObject({
        series: { __name__: 'latency_bucket', job: 'many', le: '0.5' },
        labels: { trace_id: expect.stringMatching(/^a+[0-9a-f]+$/) },
        value: 0.25,
      });
      const traceId = kept()[0]?.labels.trace_id;
      expect(receiving.api.exemplars({ traceId, limit: 10 })).toHaveLength(1);
      expect(receiving.api.status().senders[0]).toMatchObject({ refused: [], lastProblem: null });
      expect(await prometheus.own('prometheus_remote_storage_exemplars_failed_total')).toBe(0);
    } finally {
      await prometheus.stop();
      await target.close();
      await receiving.close();
    }
  });

  it('loses nothing where it is told to wait: it sends again', async () => {
    const admission = {
      requestsMax: 512,
      requestsPerSourceMax: 256,
      bytesMax: 10_000_000,
      bytesPerSourceMax: 10_000_000,
      requestsPerSecond: 4,
      burst: 2,
    };
    const receiving = await startReceiving({ deps: { admission } });
    const target = await startManySeries(2_000);
    const prometheus = await startRemoteWriting({
      targetPort: target.port,
      receiverPort: receiving.port,
      token: TOKEN,
      scrapeEvery: '1s',
    });
    try {
      await until(() => receiving.api.status().refusedRequests > 3, 20_000, 'nobody was told to wait');
      await until(() => target.scrapes() >= 3, 20_000, 'no scrapes');
      await target.retire();
      const compared = await untilStored(prometheus, receiving, Date.now());
      expect(compared.compared).toBeGreaterThanOrEqual(3 * 2_000);
      expect(await prometheus.own('prometheus_remote_storage_samples_retried_total')).toBeGreaterThan(0);
      expect(await prometheus.own('prometheus_remote_storage_samples_failed_total')).toBe(0);
    } finally {
      await prometheus.stop();
      await receiving.close();
    }
  });
});
