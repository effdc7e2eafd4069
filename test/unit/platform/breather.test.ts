import { describe, expect, it } from 'vitest';
import { createBreather } from '../../../main/platform/index.ts';

describe('a break in long work', () => {
  it('is due when the slice is over, lets others through, and begins the next slice', async () => {
    let nowMs = 0;
    const breathe = createBreather({ monotonic: () => nowMs });
    expect(breathe()).toBeNull();
    nowMs = 9;
    expect(breathe()).toBeNull();
    nowMs = 12;
    let passed = false;
    setImmediate(() => {
      passed = true;
    });
    await breathe();
    expect(passed).toBe(true);
    expect(breathe()).toBeNull();
    nowMs = 22;
    expect(breathe()).not.toBeNull();
  });

  it('is never taken while the clock stands still', () => {
    const breathe = createBreather({ monotonic: () => 5 });
    expect(Array.from({ length: 1_000 }, breathe).every((one) => one === null)).toBe(true);
  });
});
