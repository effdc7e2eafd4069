import { describe, expect, it } from 'vitest';
import {
  createDetectApi,
  createDetection,
  type DetectApi,
  startingStatus,
} from '../../../main/detect/index.ts';
import { inlineWorker, silentLogger } from '../../../main/platform/index.ts';
import type { Detector } from '../../../shared/model/detector.ts';
import { HOUR_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { type SignalTarget, signalTarget } from '../../support/signal-target.ts';

const T0 = 1_800_000_000_000;
const QUERY = 'latency_seconds';

const detector = (change: Partial<Detector> = {}): Detector => ({
  id: 'gateway-latency',
  title: 'Gateway latency',
  service: 'gateway',
  source: 'signals',
  query: QUERY,
  unit: 'ms',
  algorithm: 'zscore',
  window: 20,
  threshold: 3,
  persistence: { flagged: 3, of: 5 },
  rebaseAfter: 20,
  priority: 'P2',
  definedAt: 'detectors/gateway.yaml:3',
  ...change,
});

function stage(stepMs = SECOND_MS) {
  const worker = inlineWorker<DetectApi>('detect', createDetectApi());
  return createDetection({ worker, log: silentLogger(), stepMs });
}
type Stage = ReturnType<typeof stage>;

const steady = (at: number) => 100 + ((at / SECOND_MS) % 2 === 0 ? 1 : -1);

function latency(labels = { pod: 'a' }, value: (at: number) => number | undefined = steady): SignalTarget {
  const target = signalTarget();
  target.set(QUERY, labels, value);
  return target;
}

async function judge(detection: Stage, target: SignalTarget, at: number, one = detector()) {
  const [status] = await detection.evaluate([one], target, at);
  if (!status) throw new Error('no status');
  return { status, observations: detection.observe(status) };
}

describe('a detector over a source', () => {
  it('is warmed up by one range query, and judges at its first poll', async () => {
    const detection = stage();
    const target = latency();
    const { status } = await judge(detection, target, T0);
    expect(status).toMatchObject({ state: 'ok', evaluatedAt: T0 });
    expect(status.verdicts[0]).toMatchObject({ labels: { pod: 'a' }, expected: 100, flagged: false });
    for (let second = 1; second <= 5; second++) await judge(detection, target, T0 + second * SECOND_MS);
    expect(target.asked.filter((query) => query.kind === 'range')).toHaveLength(1);
    expect(target.asked.filter((query) => query.kind === 'instant')).toHaveLength(6);
  });

  it('says that it is warming up where there is no history', async () => {
    const target = latency({ pod: 'a' }, (at) => (at < T0 ? undefined : steady(at)));
    const { status, observations } = await judge(stage(), target, T0);
    expect(status.state).toBe('warming');
    expect(observations[0]?.finding.kind).toBe('between');
  });

  it('fires at the third flagged point of five and clears after', async () => {
    const detection = stage();
    const target = latency({ pod: 'a' }, (at) => (at > T0 && at <= T0 + 4_000 ? 180 : steady(at)));
    const kinds: (string | undefined)[] = [];
    for (let second = 0; second <= 9; second++) {
      const { observations } = await judge(detection, target, T0 + second * SECOND_MS);
      kinds.push(observations[0]?.finding.kind);
    }
    expect(kinds).toEqual([
      'clear',
      'between',
      'between',
      'holds',
      'holds',
      'holds',
      'holds',
      'clear',
      'clear',
      'clear',
    ]);
  });

  it('tells the alert pipeline the bound that was crossed', async () => {
    const detection = stage();
    const target = latency({ pod: 'a' }, (at) => (at > T0 ? 10 : steady(at)));
    for (let second = 0; second < 3; second++) await judge(detection, target, T0 + second * SECOND_MS);
    const { status, observations } = await judge(detection, target, T0 + 3 * SECOND_MS);
    expect(status.state).toBe('anomalous');
    expect(observations).toHaveLength(1);
    expect(observations[0]).toMatchObject({
      ruleId: 'gateway-latency',
      kind: 'detector',
      labels: { pod: 'a', detector: 'gateway-latency', service: 'gateway' },
      priority: 'P2',
      definedAt: 'detectors/gateway.yaml:3',
      at: T0 + 3 * SECOND_MS,
      objectiveId: null,
      failingShare: null,
    });
    expect(observations[0]?.finding).toMatchObject({
      kind: 'holds',
      value: 10,
      threshold: status.verdicts[0]?.lower,
    });
  });

  it('never pages alone: P2 at most, and the reason says so', async () => {
    const { observations } = await judge(stage(), latency(), T0, detector({ priority: 'P0' }));
    expect(observations[0]?.priority).toBe('P2');
    expect(observations[0]?.finding.reason).toContain('configured P0, but a z-score alone never pages');
    expect(
      (await judge(stage(), latency(), T0, detector({ priority: 'P3' }))).observations[0]?.priority,
    ).toBe('P3');
  });

  it('judges each series by itself, and a hostile label cannot pass for another detector', async () => {
    const detection = stage();
    const target = latency({ pod: 'a' });
    target.set(QUERY, { pod: 'b', detector: 'other', __name__: QUERY } as never, (at) =>
      at > T0 ? 500 : steady(at),
    );
    for (let second = 0; second < 3; second++) await judge(detection, target, T0 + second * SECOND_MS);
    const { status, observations } = await judge(detection, target, T0 + 3 * SECOND_MS);
    expect(status.reason).toContain('1 of 2 series are anomalous');
    expect(observations.map((one) => one.finding.kind)).toEqual(['clear', 'holds']);
    expect(observations[1]?.labels).toEqual({ pod: 'b', detector: 'gateway-latency', service: 'gateway' });
  });

  it('takes one point a step, however often it is polled', async () => {
    const detection = stage(15 * SECOND_MS);
    const target = latency();
    const { status } = await judge(detection, target, T0);
    const again = await judge(detection, target, T0 + 5 * SECOND_MS);
    expect(again.status).toBe(status);
    expect(target.asked).toHaveLength(2);
    const later = await judge(detection, target, T0 + 15 * SECOND_MS);
    expect(later.status.evaluatedAt).toBe(T0 + 15 * SECOND_MS);
  });

  it('warms up again after a gap, and after a change of the detector', async () => {
    const detection = stage();
    const target = latency();
    await judge(detection, target, T0);
    await judge(detection, target, T0 + HOUR_MS);
    await judge(detection, target, T0 + HOUR_MS + SECOND_MS);
    await judge(detection, target, T0 + HOUR_MS + 2 * SECOND_MS, detector({ threshold: 4 }));
    expect(target.asked.filter((query) => query.kind === 'range')).toHaveLength(3);
  });
});

describe('a detector that cannot judge', () => {
  it('has no data where the query answers none, and keeps its series in mind', async () => {
    const detection = stage();
    const target = latency();
    expect((await judge(detection, signalTarget(), T0)).status.state).toBe('no-data');
    await judge(detection, target, T0 + SECOND_MS);
    target.remove(QUERY);
    const { status, observations } = await judge(detection, target, T0 + 2 * SECOND_MS);
    expect(status).toMatchObject({ state: 'no-data', verdicts: [] });
    expect(observations.map((one) => [one.labels.pod, one.finding.kind])).toEqual([['a', 'no-data']]);
  });

  it('takes NaN for no data, never for a value', async () => {
    const { status } = await judge(
      stage(),
      latency({ pod: 'a' }, (at) => (at >= T0 ? Number.NaN : steady(at))),
      T0,
    );
    expect(status.state).toBe('no-data');
  });

  it('says of a series that is missing that it is missing, and forgets it after an hour', async () => {
    const detection = stage();
    const target = latency({ pod: 'a' });
    target.set(QUERY, { pod: 'b' } as never, (at) => (at > T0 ? undefined : steady(at)));
    await judge(detection, target, T0);
    const { observations } = await judge(detection, target, T0 + SECOND_MS);
    expect(observations.map((one) => [one.labels.pod, one.finding.kind])).toEqual([
      ['a', 'clear'],
      ['b', 'no-data'],
    ]);
    expect((await judge(detection, target, T0 + 2 * HOUR_MS)).observations).toHaveLength(1);
  });

  it('is blind while the source does not answer, for each series that is known', async () => {
    const detection = stage();
    const target = latency();
    await judge(detection, target, T0);
    target.fail({ code: 'unreachable', message: 'The connection was refused.', retryable: true });
    const { status, observations } = await judge(detection, target, T0 + SECOND_MS);
    expect(status).toMatchObject({ state: 'blind', verdicts: [], reason: 'The connection was refused.' });
    expect(observations.map((one) => one.finding.kind)).toEqual(['blind']);
    const cold = await judge(stage(), target, T0);
    expect(cold.observations).toMatchObject([
      { labels: { detector: 'gateway-latency', service: 'gateway' }, finding: { kind: 'blind' } },
    ]);
  });

  it('says nothing before it has started', () => {
    expect(stage().observe(startingStatus(detector()))).toEqual([]);
  });

  it('watches a bounded number of series, the known ones first, and says how many it does not', async () => {
    const detection = stage();
    const target = latency({ pod: 'z' });
    await judge(detection, target, T0);
    const flood = signalTarget();
    for (let pod = 0; pod < 600; pod++) flood.set(QUERY, { pod: `${pod}` }, steady);
    flood.set(QUERY, { pod: 'z' }, steady);
    const { status } = await judge(detection, flood, T0 + SECOND_MS);
    expect(status.verdicts).toHaveLength(500);
    expect(status.verdicts[0]?.labels).toEqual({ pod: 'z' });
    expect(status.reason).toContain('101 more series are not watched');
  });
});

describe('what the worker holds', () => {
  const points = (id: string, keys: string[]) => ({
    id,
    config: { ...detector(), unit: '' },
    afresh: false,
    keys,
    lengths: new Uint32Array(keys.length).fill(1),
    times: new Float64Array(keys.length).fill(T0),
    values: new Float64Array(keys.length).fill(1),
  });

  it('is bounded over all detectors, and room is made by what is forgotten', () => {
    const api = createDetectApi(3);
    expect(api.judge([points('one', ['a', 'b'])], T0)[0]?.refused).toBe(0);
    const [second] = api.judge([points('two', ['c', 'd'])], T0);
    expect(second?.refused).toBe(1);
    expect(second?.verdicts[1]).toBeNull();
    api.retain(['two']);
    expect(api.judge([points('two', ['c', 'd', 'e'])], T0 + 1)[0]?.refused).toBe(0);
    expect(api.judge([points('two', ['f'])], T0 + 2 * HOUR_MS)[0]?.refused).toBe(1);
    expect(api.judge([points('two', ['f', 'g', 'h'])], T0 + 2 * HOUR_MS)[0]?.refused).toBe(0);
  });
});
