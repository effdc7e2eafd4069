import type { DecisionDelay } from '../../shared/model/source.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';

/** How long samples of one source wait from their receipt to the decision that rests on them. */
export interface Freshness {
  decided(delayMs: number): void;
  /** Null before the first decision. */
  measured(): DecisionDelay | null;
}

/** Enough for a 95th percentile that follows the last minutes, few enough to sort when somebody looks. */
const KEPT = 256;

export function createFreshness(): Freshness {
  const delays: number[] = [];
  let next = 0;
  let count = 0;
  let known: DecisionDelay | null = null;
  return {
    decided(delayMs) {
      delays[next] = Math.max(0, delayMs);
      next = (next + 1) % KEPT;
      count += 1;
      known = null;
    },
    measured() {
      if (count === 0) return null;
      known ??= delayOf(delays, count);
      return known;
    },
  };
}

function delayOf(delays: readonly number[], count: number): DecisionDelay {
  const sorted = [...delays].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
  const p95Ms = at(0.95);
  return { p50Ms: at(0.5), p95Ms, decisions: count, freshness: classOf(p95Ms) };
}

function classOf(p95Ms: number): DecisionDelay['freshness'] {
  if (p95Ms < SECOND_MS) return 'real-time';
  return p95Ms <= MINUTE_MS ? 'near-real-time' : 'batch';
}
