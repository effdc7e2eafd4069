import { afterEach, describe, expect, it } from 'vitest';
import { createDetection, type DetectApi } from '../../../main/detect/index.ts';
import { silentLogger, startWorker, systemClock, type WorkerHandle } from '../../../main/platform/index.ts';
import type { Detector } from '../../../shared/model/detector.ts';
import { signalTarget } from '../../support/signal-target.ts';

const T0 = 1_800_000_000_000;
const detector: Detector = {
  id: 'gateway-latency',
  title: 'Gateway latency',
  service: 'gateway',
  source: 'signals',
  query: 'latency',
  unit: 'ms',
  algorithm: 'zscore',
  window: 20,
  threshold: 3,
  persistence: { flagged: 3, of: 5 },
  rebaseAfter: 20,
  priority: 'P2',
  definedAt: 'detectors/gateway.yaml:3',
};
let worker: WorkerHandle<DetectApi> | undefined;

afterEach(async () => {
  await worker?.stop();
});

function start(): WorkerHandle<DetectApi> {
  worker = startWorker<DetectApi>({
    name: 'detect',
    entry: new URL('../../../main/detect/detect.worker.ts', import.meta.url),
    init: undefined,
    clock: systemClock(),
    log: silentLogger(),
  });
  return worker;
}

function latency() {
  const target = signalTarget();
  target.set('latency', { pod: 'a' }, (at) => 100 + ((at / 1_000) % 2));
  return target;
}

/** So many points that the thread is busy for a while. */
function burden() {
  const length = 500_000;
  return {
    id: 'burden',
    config: { ...detector },
    afresh: true,
    keys: ['a'],
    lengths: Uint32Array.of(length),
    times: Float64Array.from({ length }, (_, index) => index),
    values: new Float64Array(length),
  };
}

describe('the worker of the detectors', () => {
  it('killed in the middle leaves each detector blind, never a verdict, and warms up again when it is back', async () => {
    const handle = start();
    const detection = createDetection({ worker: handle, log: silentLogger(), stepMs: 1_000 });
    const target = latency();
    expect(await detection.evaluate([detector], target, T0)).toMatchObject([{ state: 'ok' }]);
    const restarted = new Promise<void>((resolve) => {
      handle.onChange((health) => {
        if (health.condition === 'ok') resolve();
      });
    });
    const busy = handle.call.judge([burden()], 0).then(
      () => 'judged',
      () => 'rejected',
    );
    const evaluating = detection.evaluate([detector], target, T0 + 1_000);
    while (handle.health().pending < 2) await new Promise((resolve) => setImmediate(resolve));
    await handle.kill();
    expect(await busy).toBe('rejected');
    const [status] = await evaluating;
    expect(status).toMatchObject({ state: 'blind', verdicts: [] });
    expect(status?.reason).toContain('The detect worker died');
    expect(status && detection.observe(status).map((one) => one.finding.kind)).toEqual(['blind']);
    await restarted;
    expect(await detection.evaluate([detector], target, T0 + 2_000)).toMatchObject([{ state: 'ok' }]);
    expect(target.asked.filter((query) => query.kind === 'range')).toHaveLength(2);
  });

  it('that died between two polls is warmed up before it judges: no verdict on an empty baseline', async () => {
    const handle = start();
    const detection = createDetection({ worker: handle, log: silentLogger(), stepMs: 1_000 });
    const target = latency();
    await detection.evaluate([detector], target, T0);
    const restarted = new Promise<void>((resolve) => {
      handle.onChange((health) => {
        if (health.condition === 'ok') resolve();
      });
    });
    await handle.kill();
    await restarted;
    const [status] = await detection.evaluate([detector], target, T0 + 1_000);
    expect(status).toMatchObject({ state: 'ok' });
    expect(status?.verdicts[0]?.score).not.toBeNull();
  });
});
