import { describe, expect, it } from 'vitest';
import { detectionBySource, detectorPastOf, detectorStep } from '../../../main/app/detecting.ts';
import { createDetectApi, type DetectApi } from '../../../main/detect/index.ts';
import { inlineWorker, silentLogger } from '../../../main/platform/index.ts';
import type { Detector } from '../../../shared/model/detector.ts';
import { signalTarget } from '../../support/signal-target.ts';

const T0 = 1_800_000_000_000;
const QUERY = 'sum(rate(jobs_total[1m]))';

const detector = (change: Partial<Detector> = {}): Detector => ({
  id: 'jobs',
  title: 'Jobs',
  service: 'shop',
  source: 'shop',
  query: QUERY,
  unit: '',
  algorithm: 'zscore',
  window: 5,
  threshold: 3,
  persistence: { flagged: 3, of: 5 },
  rebaseAfter: 5,
  priority: 'P2',
  definedAt: 'detectors/shop.yaml:2',
  ...change,
});

const worker = () => inlineWorker<DetectApi>('detect', createDetectApi());
const sources = () => [
  { id: 'shop', pollEveryMs: 15_000 },
  { id: 'fast', pollEveryMs: 1_000 },
];

function pastOf(detectors: readonly Detector[], isDown = false) {
  const target = signalTarget('shop');
  for (const { query } of detectors) target.set(query, {}, (at) => (at / 15_000) % 3);
  if (isDown) target.fail({ code: 'unreachable', message: 'Nobody answers.', retryable: true });
  return {
    target,
    past: detectorPastOf({
      worker: worker(),
      stepMs: detectorStep(sources),
      detectors: () => detectors,
      target: (id) => (id === 'shop' ? target : undefined),
    }),
  };
}

const span = { fromAt: T0, toAt: T0 + 600_000 };

describe('the distance of a detector’s points', () => {
  it('is that of its source’s polls, and never under 5 s', () => {
    expect(['shop', 'fast', 'gone'].map(detectorStep(sources))).toEqual([15_000, 5_000, 5_000]);
  });

  it('is kept apart for each source', async () => {
    const detection = detectionBySource({
      worker: worker(),
      log: silentLogger(),
      stepMs: detectorStep(sources),
    });
    const target = signalTarget();
    target.set(QUERY, {}, (at) => (at / 5_000) % 3);
    const judged = async (source: string) => {
      await detection.evaluate([detector({ id: source, source })], target, T0);
      const [status] = await detection.evaluate([detector({ id: source, source })], target, T0 + 5_000);
      return status?.evaluatedAt;
    };
    // Five seconds on, the slow source has nothing new, and the fast one has.
    expect([await judged('shop'), await judged('fast')]).toEqual([T0, T0 + 5_000]);
    expect(await detection.evaluate([], target, T0)).toEqual([]);
    detection.retain(new Set());
  });
});

describe('the bounds of a question', () => {
  it('are those of the detectors that ask exactly this of this source', async () => {
    const all = [
      detector(),
      detector({ id: 'other-source', source: 'fast' }),
      detector({ id: 'other-question', query: 'sum(jobs_total)' }),
    ];
    const answers = await pastOf(all).past({
      ...span,
      source: 'shop',
      expression: 'sum(rate(jobs_total[60s])) # now',
    });
    expect(answers.map((one) => [one.detector.id, one.problem, one.series.length])).toEqual([
      ['jobs', null, 1],
    ]);
  });

  it('are of four detectors at most', async () => {
    const many = Array.from({ length: 6 }, (_, at) => detector({ id: `jobs-${at}` }));
    const answers = await pastOf(many).past({ ...span, source: 'shop', expression: QUERY });
    expect(answers).toHaveLength(4);
  });

  it('carry the reason where the source does not answer, and are none of a source that is gone', async () => {
    const { past } = pastOf([detector()], true);
    const [answer] = await past({ ...span, source: 'shop', expression: QUERY });
    expect(answer).toMatchObject({ series: [], problem: 'Nobody answers.' });
    const gone = pastOf([detector({ source: 'gone' })]).past;
    expect(await gone({ ...span, source: 'gone', expression: QUERY })).toEqual([]);
  });

  it('ask nobody where no detector fits', async () => {
    const { past, target } = pastOf([detector()]);
    expect(await past({ ...span, source: 'shop', expression: 'up' })).toEqual([]);
    expect(target.asked).toEqual([]);
  });
});
