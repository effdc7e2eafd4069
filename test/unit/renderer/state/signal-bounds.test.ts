import { describe, expect, it } from 'vitest';
import { boundsAnswer } from '../../../../main/api/bounds.ts';
import { boundsOfLines, readBounds } from '../../../../renderer/state/signal-bounds.ts';
import { frameOf } from '../../../../renderer/state/signal-frame.ts';
import { signalMarks } from '../../../../renderer/state/signal-marks.ts';
import type { Detector } from '../../../../shared/model/detector.ts';

const detector: Detector = {
  id: 'queue',
  title: 'Queue',
  service: 'shop',
  source: 'shop',
  query: 'queue',
  unit: '',
  algorithm: 'zscore',
  window: 20,
  threshold: 3,
  persistence: { flagged: 3, of: 5 },
  rebaseAfter: 20,
  priority: 'P2',
  definedAt: 'detectors/shop.yaml:2',
};

const times = Float64Array.of(0, 5_000, 10_000);
const expected = {
  labels: { pod: 'a' },
  times,
  lower: Float64Array.of(Number.NaN, 1, 2),
  upper: Float64Array.of(Number.NaN, 3, 4),
  changedAt: [5_000],
};

const frame = frameOf(
  ['a', 'b'].map((pod) => ({
    labels: { pod },
    times: Float64Array.from({ length: 20 }, (_, at) => at * 1_000),
    values: new Float64Array(20).fill(2),
  })),
  null,
  {
    fromAt: 0,
    toAt: 19_000,
    stepMs: 1_000,
    widthPx: 100,
    draw: 'lines',
    linesMax: 40,
    pinned: [],
    compareMs: 0,
  },
);

const read = (problem: string | null = null) =>
  readBounds(boundsAnswer([{ detector, series: problem === null ? [expected] : [], problem }]));

describe('the bounds of a detector on a chart', () => {
  it('cross as a series file and lie behind the line of their series', async () => {
    const [bounds, ...more] = boundsOfLines(frame, await read());
    expect(more).toEqual([]);
    expect(bounds?.line).toBe(0);
    const low = Array.from(bounds?.low ?? []).slice(0, 20);
    // Unknown while warming up, held until the next point, and no longer than one step past the last.
    expect(low.slice(0, 5).every(Number.isNaN)).toBe(true);
    expect(low.slice(5, 11)).toEqual([1, 1, 1, 1, 1, 2]);
    expect(low[15]).toBe(2);
    expect(low.slice(16).every(Number.isNaN)).toBe(true);
    expect(bounds?.high[5]).toBe(3);
  });

  it('are said with their rule and where it is written', async () => {
    const { detectors } = await read();
    expect(detectors).toEqual([
      {
        id: 'queue',
        title: 'Queue',
        rule: '|z| up to 3 of the 20 points before',
        definedAt: 'detectors/shop.yaml:2',
        changedAt: [5_000],
        problem: null,
      },
    ]);
  });

  it('are none where they could not be had, and the reason stays', async () => {
    const bounds = await read('Choose a shorter range.');
    expect(boundsOfLines(frame, bounds)).toEqual([]);
    expect(bounds.detectors[0]?.problem).toBe('Choose a shorter range.');
    expect(boundsOfLines(frame, null)).toEqual([]);
  });

  it('let the level changes of the past stand on the axis, each once', async () => {
    const { detectors } = await read();
    const wish = { incidents: true, deployments: true, changePoints: true, bounds: true };
    const nothing = { incidents: [], changes: [], detectors: [] };
    const marks = (past: typeof detectors, on = wish) =>
      signalMarks({ ...nothing, past }, on, { fromAt: 0, toAt: 60_000 });
    expect(marks([...detectors, ...detectors])).toEqual([
      { at: 5_000, kind: 'change', label: 'level change: Queue' },
    ]);
    expect(marks(detectors, { ...wish, changePoints: false })).toEqual([]);
  });
});
