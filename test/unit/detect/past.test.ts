import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDetectApi,
  type DetectApi,
  detectorPast,
  startZscore,
  stepZscore,
} from '../../../main/detect/index.ts';
import { inlineWorker } from '../../../main/platform/index.ts';
import type { Detector } from '../../../shared/model/detector.ts';
import { SECOND_MS } from '../../../shared/unit/time.ts';
import { signalTarget } from '../../support/signal-target.ts';

const T0 = 1_800_000_000_000;
const STEP_MS = 5 * SECOND_MS;

const detector: Detector = {
  id: 'queue',
  title: 'Queue',
  service: 'shop',
  source: 'signals',
  query: 'queue',
  unit: '',
  algorithm: 'zscore',
  window: 10,
  threshold: 3,
  persistence: { flagged: 3, of: 5 },
  rebaseAfter: 8,
  priority: 'P2',
  definedAt: 'detectors/shop.yaml:2',
};

const waving = (at: number) => 50 + (((at / STEP_MS) * 7) % 5);

function past(value: (at: number) => number | undefined, minutes = 5, more: readonly string[] = []) {
  const target = signalTarget();
  target.set('queue', { pod: 'a' }, value);
  for (const pod of more) target.set('queue', { pod }, value);
  const worker = inlineWorker<DetectApi>('detect', createDetectApi());
  const question = { detector, target, worker, stepMs: STEP_MS };
  return detectorPast(question, { fromAt: T0, toAt: T0 + minutes * 60_000 }, {});
}

async function seriesOf(answer: ReturnType<typeof past>) {
  const result = await answer;
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('what a detector expected of the past', () => {
  it('is known from the first point of the range, since what lies before warms it up', async () => {
    const [one] = await seriesOf(past(waving));
    const first = one?.times.findIndex((at) => at >= T0) ?? -1;
    expect(first).toBeGreaterThan(0);
    expect(one?.lower[first]).toBeLessThan(one?.upper[first] ?? 0);
    expect(one?.labels).toEqual({ pod: 'a' });
  });

  it('is unknown, not zero, while there was too little before it', async () => {
    const [one] = await seriesOf(past((at) => (at < T0 ? undefined : waving(at))));
    expect([...(one?.lower.slice(0, detector.window) ?? [])].every(Number.isNaN)).toBe(true);
    expect(one?.lower[detector.window]).toBeGreaterThan(0);
  });

  it('is what the detector says live, point by point', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 20 }),
        async (values) => {
          const [one] = await seriesOf(
            past((at) => values[Math.abs(Math.round(at / STEP_MS)) % values.length]),
          );
          if (!one) throw new Error('no series');
          let state = startZscore(detector);
          const live = Array.from(one.times, (at) => {
            const value = values[Math.abs(Math.round(at / STEP_MS)) % values.length] as number;
            const step = stepZscore(state, detector, at, value);
            state = step.state;
            return [step.point?.lower ?? Number.NaN, step.point?.upper ?? Number.NaN];
          });
          expect(Array.from(one.lower, (low, at) => [low, one.upper[at]])).toEqual(live);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('names the time at which a level was new', async () => {
    const stepAt = T0 + 60_000;
    const [one] = await seriesOf(past((at) => waving(at) + (at >= stepAt ? 40 : 0)));
    expect(one?.changedAt).toEqual([stepAt + (detector.rebaseAfter - 1) * STEP_MS]);
  });

  it('leaves what the worker remembers of live series as it is', async () => {
    const api = createDetectApi();
    const target = signalTarget();
    target.set('queue', { pod: 'a' }, waving);
    const worker = inlineWorker<DetectApi>('detect', api);
    const points = {
      id: 'queue',
      config: detector,
      afresh: false,
      keys: ['a'],
      lengths: Uint32Array.of(30),
      times: Float64Array.from({ length: 30 }, (_, at) => T0 + at * STEP_MS),
      values: Float64Array.from({ length: 30 }, (_, at) => waving(T0 + at * STEP_MS)),
    };
    const next = { ...points, lengths: Uint32Array.of(1), times: Float64Array.of(T0 + 30 * STEP_MS) };
    const judged = { ...next, values: Float64Array.of(52) };
    const untouched = createDetectApi();
    untouched.judge([points], T0);
    api.judge([points], T0);
    const span = { fromAt: T0 + 1_000_000, toAt: T0 + 2_000_000 };
    await detectorPast({ detector, target, worker, stepMs: STEP_MS }, span, {});
    expect(api.judge([judged], T0)).toEqual(untouched.judge([judged], T0));
  });

  it('is refused over a range with more points than a chart has, with the longest that can be had', async () => {
    const answer = await past(waving, 60 * 24);
    expect(answer).toMatchObject({ ok: false, error: { code: 'limit' } });
    expect(answer.ok ? '' : answer.error.message).toMatch(/every 5 s.*over 15 h.*Choose a shorter range/);
  });

  it('is refused of so many series that what pages would have to wait', async () => {
    const pods = Array.from({ length: 80 }, (_, at) => `pod-${at}`);
    const answer = await past(waving, 240, pods);
    expect(answer.ok ? '' : answer.error.message).toMatch(/each of 81 series.*more than 200,000/);
  });

  it('passes on why the source did not answer', async () => {
    const target = signalTarget();
    target.fail({ code: 'unreachable', message: 'Nobody answers at 9090.', retryable: true });
    const worker = inlineWorker<DetectApi>('detect', createDetectApi());
    const span = { fromAt: T0, toAt: T0 + 60_000 };
    expect(await detectorPast({ detector, target, worker, stepMs: STEP_MS }, span, {})).toMatchObject({
      error: { code: 'unreachable' },
    });
  });
});
