import { describe, expect, it } from 'vitest';
import { type Wait, waitOf } from '../../../../renderer/state/pages.ts';

describe('the wait before a log is read', () => {
  it('begins anew with each letter', () => {
    const first = waitOf(null, 'sl', 1_000);
    expect(waitOf(first, 'sla', 1_200).untilAt).toBeGreaterThan(first.untilAt);
  });

  it('ends, however fast news come', () => {
    let wait: Wait | null = null;
    for (let nowAt = 0; nowAt <= 1_000; nowAt += 50) wait = waitOf(wait, 'slack', nowAt);
    expect(wait?.untilAt).toBeLessThan(1_000);
  });
});
