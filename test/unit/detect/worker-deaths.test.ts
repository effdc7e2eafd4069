import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDetectApi,
  createDetection,
  type DetectApi,
  startZscore,
  stepZscore,
  type ZscoreConfig,
} from '../../../main/detect/index.ts';
import { inlineWorker, silentLogger, type WorkerHandle } from '../../../main/platform/index.ts';
import { CodedError } from '../../../shared/error/coded.ts';
import type { Detector } from '../../../shared/model/detector.ts';
import { SECOND_MS } from '../../../shared/unit/time.ts';
import { signalTarget } from '../../support/signal-target.ts';

type WorkerHealth = ReturnType<WorkerHandle<DetectApi>['health']>;

const T0 = 1_800_000_000_000;
const CONFIG: ZscoreConfig = {
  window: 8,
  threshold: 3,
  persistence: { flagged: 3, of: 5 },
  rebaseAfter: 6,
  unit: 'ms',
};
const detector: Detector = {
  ...CONFIG,
  id: 'latency',
  title: 'Latency',
  service: 'gateway',
  source: 'signals',
  query: 'latency',
  algorithm: 'zscore',
  priority: 'P2',
  definedAt: 'detectors/a.yaml:1',
};

/** A worker that can be killed: its states are gone with it, and what was under way is rejected. */
function mortalWorker() {
  let inner = inlineWorker<DetectApi>('detect', createDetectApi());
  const listeners = new Set<(health: WorkerHealth) => void>();
  let dieNext = false;
  const health = (condition: WorkerHealth['condition']) => {
    for (const listener of listeners) listener({ ...inner.health(), condition });
  };
  const die = () => {
    inner = inlineWorker<DetectApi>('detect', createDetectApi());
    health('dead');
    health('ok');
  };
  const worker: WorkerHandle<DetectApi> = {
    call: {
      async judge(batch, at) {
        if (!dieNext) return inner.call.judge(batch, at);
        dieNext = false;
        die();
        throw new CodedError('worker-died', 'The detect worker died.', { retryable: true });
      },
      past: (points) => inner.call.past(points),
      retain: (ids) => inner.call.retain(ids),
    },
    health: () => inner.health(),
    heap: async () => null,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    stop: async () => undefined,
    kill: async () => die(),
  };
  const dieDuringNextCall = () => {
    dieNext = true;
  };
  return { worker, dieDuringNextCall, die };
}

const noise = (at: number) => 100 + Math.sin(at / 777) * 2;
const stage = (worker: WorkerHandle<DetectApi>) =>
  createDetection({ worker, log: silentLogger(), stepMs: SECOND_MS });
const targetOf = (value: (at: number) => number | undefined) => {
  const target = signalTarget();
  target.set('latency', { pod: 'a' }, value);
  return target;
};

describe('a detector whose worker dies', () => {
  it('in the middle of a call is blind at that poll, never clear, and judges again at the next', async () => {
    const mortal = mortalWorker();
    const detection = stage(mortal.worker);
    const target = targetOf(noise);
    for (let second = 0; second < 5; second += 1)
      await detection.evaluate([detector], target, T0 + second * SECOND_MS);
    mortal.dieDuringNextCall();
    const [blind] = await detection.evaluate([detector], target, T0 + 5 * SECOND_MS);
    expect(blind).toMatchObject({ state: 'blind', verdicts: [] });
    if (!blind) throw new Error('no status');
    expect(detection.observe(blind).map((one) => one.finding.kind)).toEqual(['blind']);
    const [after] = await detection.evaluate([detector], target, T0 + 6 * SECOND_MS);
    expect(after?.state).toBe('ok');
    expect(after?.verdicts[0]?.score).not.toBeNull();
  });

  it('between two calls is warmed up from history before it says anything', async () => {
    const mortal = mortalWorker();
    const detection = stage(mortal.worker);
    const target = targetOf(noise);
    await detection.evaluate([detector], target, T0);
    const ranges = () => target.asked.filter((one) => one.kind === 'range').length;
    expect(ranges()).toBe(1);
    mortal.die();
    const [status] = await detection.evaluate([detector], target, T0 + SECOND_MS);
    expect(ranges()).toBe(2);
    expect(status?.state).toBe('ok');
  });

  it('at any poll is never anomalous where nothing left its pattern, and never misses what stays out of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(29), { maxLength: 6 }), fc.boolean(), async (deaths, during) => {
        const mortal = mortalWorker();
        const detection = stage(mortal.worker);
        const target = targetOf((at) => (at >= T0 + 40 * SECOND_MS ? 500 : noise(at)));
        const states: string[] = [];
        for (let second = 0; second < 44; second += 1) {
          if (deaths.includes(second)) during ? mortal.dieDuringNextCall() : mortal.die();
          const [status] = await detection.evaluate([detector], target, T0 + second * SECOND_MS);
          states.push(status?.state ?? 'none');
        }
        expect(states.slice(0, 40).filter((state) => state === 'anomalous')).toEqual([]);
        expect(states.slice(42)).toEqual(['anomalous', 'anomalous']);
        expect(states.filter((state) => state === 'blind')).toHaveLength(during ? deaths.length : 0);
      }),
      { numRuns: 25 },
    );
  });

  it('while the source is away too stays blind until both are back', async () => {
    const mortal = mortalWorker();
    const detection = stage(mortal.worker);
    const target = targetOf(noise);
    await detection.evaluate([detector], target, T0);
    mortal.die();
    target.fail({ code: 'unreachable', message: 'connection refused', retryable: true });
    const [away] = await detection.evaluate([detector], target, T0 + SECOND_MS);
    expect(away).toMatchObject({ state: 'blind', reason: 'connection refused' });
    target.fail(null);
    const [back] = await detection.evaluate([detector], target, T0 + 2 * SECOND_MS);
    expect(back?.state).toBe('ok');
  });

  it('takes one detector’s bad luck out on no other', async () => {
    const detection = stage(mortalWorker().worker);
    const target = targetOf(noise);
    const others = Array.from({ length: 9 }, (_, i) => ({
      ...detector,
      id: `d${i}`,
      query: i === 4 ? 'nothing' : 'latency',
    }));
    const statuses = await detection.evaluate(others, target, T0);
    expect(statuses.map((status) => status.detector.id)).toEqual(others.map((one) => one.id));
    expect(statuses.map((status) => status.state)).toEqual(
      others.map((_, i) => (i === 4 ? 'no-data' : 'ok')),
    );
  });
});

/** The same in the plainest words: all points kept, everything counted anew each time. */
function byHand(points: readonly number[]): { flagged: boolean; anomalous: boolean }[] {
  let baseline: number[] = [];
  let needed = CONFIG.window;
  let run: number[] = [];
  let recent: boolean[] = [];
  return points.map((value) => {
    if (baseline.length < needed) {
      baseline = [...baseline, value].slice(-CONFIG.window);
      return { flagged: false, anomalous: false };
    }
    const mean = baseline.reduce((a, b) => a + b, 0) / baseline.length;
    const sigma = Math.sqrt(
      baseline.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (baseline.length - 1),
    );
    const flagged = sigma === 0 ? value !== mean : Math.abs(value - mean) > CONFIG.threshold * sigma;
    recent = [...recent, flagged].slice(-CONFIG.persistence.of);
    const anomalous = recent.filter(Boolean).length >= CONFIG.persistence.flagged;
    run = flagged ? [...run, value] : [];
    if (run.length >= CONFIG.rebaseAfter) {
      baseline = run.slice(-CONFIG.window);
      needed = Math.max(2, Math.min(CONFIG.window, CONFIG.rebaseAfter));
      run = [];
      recent = [];
    } else if (!flagged) baseline = [...baseline, value].slice(-CONFIG.window);
    return { flagged, anomalous };
  });
}

describe('the moving z-score', () => {
  // Whole numbers: sums are exact, so that both ways agree to the last bit.
  const points = fc.array(fc.oneof(fc.integer({ min: 90, max: 110 }), fc.constantFrom(100, 500, -3)), {
    maxLength: 80,
  });

  it('judges as counting everything anew does', () => {
    fc.assert(
      fc.property(points, (values) => {
        let state = startZscore(CONFIG);
        const judged = values.map((value, i) => {
          const step = stepZscore(state, CONFIG, T0 + i * SECOND_MS, value);
          state = step.state;
          return { flagged: step.point?.flagged ?? false, anomalous: step.point?.anomalous ?? false };
        });
        expect(judged).toEqual(byHand(values));
      }),
      { numRuns: 300 },
    );
  });

  it('is not moved by a point that is no number or comes twice', () => {
    fc.assert(
      fc.property(
        points,
        fc.nat(80),
        fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY),
        (values, at, odd) => {
          let plain = startZscore(CONFIG);
          let disturbed = startZscore(CONFIG);
          for (const [i, value] of values.entries()) {
            plain = stepZscore(plain, CONFIG, T0 + i * SECOND_MS, value).state;
            disturbed = stepZscore(disturbed, CONFIG, T0 + i * SECOND_MS, value).state;
            if (i !== at) continue;
            disturbed = stepZscore(disturbed, CONFIG, T0 + i * SECOND_MS + 1, odd).state;
            disturbed = stepZscore(disturbed, CONFIG, T0 + i * SECOND_MS, 9_999).state;
          }
          expect(disturbed).toEqual(plain);
        },
      ),
    );
  });
});
