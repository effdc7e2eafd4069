import { describe, expect, it } from 'vitest';
import { createFreshness } from '../../../main/ingest/freshness.ts';

function after(...delays: number[]) {
  const freshness = createFreshness();
  for (const delay of delays) freshness.decided(delay);
  return freshness.measured();
}

describe('how fresh decisions are', () => {
  it('is not known before the first', () => {
    expect(after()).toBeNull();
  });

  it.each([
    [999, 'real-time'],
    [1_000, 'near-real-time'],
    [60_000, 'near-real-time'],
    [60_001, 'batch'],
  ] as const)('at a 95th percentile of %d ms is %s', (delay, freshness) => {
    expect(after(delay)).toEqual({ p50Ms: delay, p95Ms: delay, decisions: 1, freshness });
  });

  it('is told by the 95th percentile, not by the worst', () => {
    const measured = after(
      ...Array.from({ length: 95 }, () => 10),
      ...Array.from({ length: 5 }, () => 9_000),
    );
    expect(measured).toMatchObject({ p50Ms: 10, p95Ms: 10, decisions: 100, freshness: 'real-time' });
  });

  it('forgets what is long ago', () => {
    const measured = after(
      ...Array.from({ length: 300 }, () => 9_000),
      ...Array.from({ length: 256 }, () => 5),
    );
    expect(measured).toMatchObject({ p95Ms: 5, decisions: 556 });
  });

  it('never falls below zero where the wall clock was set back', () => {
    expect(after(-500)).toMatchObject({ p95Ms: 0 });
  });
});
