import { describe, expect, it } from 'vitest';
import { createPace } from '../../../main/ingest/pace.ts';
import { VirtualClock } from '../../../main/platform/index.ts';

function begin(everyMs = 1_000) {
  const clock = new VirtualClock(0);
  const began: number[] = [];
  let end: () => void = () => undefined;
  let slow = false;
  const pace = createPace(clock, everyMs, async () => {
    began.push(clock.now());
    if (slow) await new Promise<void>((resolve) => (end = resolve));
  });
  return { clock, began, pace, makeSlow: () => (slow = true), endOne: () => end() };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('work that is asked for too often', () => {
  it('is done at once after a pause, without a timer', () => {
    const { began, pace } = begin();
    pace.nudge();
    expect(began).toEqual([0]);
  });

  it('is done once for all that is asked for within its time', async () => {
    const { clock, began, pace } = begin();
    for (let i = 0; i < 10; i += 1) {
      pace.nudge();
      await clock.advance(100);
    }
    await clock.advance(5_000);
    expect(began).toEqual([0, 1_000]);
    pace.nudge();
    expect(began).toEqual([0, 1_000, 6_000]);
  });

  it('is done once more where it was asked for while it ran', async () => {
    const { clock, began, pace, makeSlow, endOne } = begin();
    makeSlow();
    pace.nudge();
    pace.nudge();
    pace.nudge();
    await clock.advance(3_000);
    expect(began).toEqual([0]);
    endOne();
    await turn();
    expect(began).toEqual([0, 3_000]);
    endOne();
    await turn();
    expect(began).toEqual([0, 3_000]);
  });

  it('is not done any more after a stop', async () => {
    const { clock, began, pace } = begin();
    pace.nudge();
    await turn();
    pace.nudge();
    pace.stop();
    pace.nudge();
    await clock.advance(10_000);
    expect(began).toEqual([0]);
  });
});
