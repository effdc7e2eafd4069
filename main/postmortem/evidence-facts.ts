import type { EvidenceChart } from '../../shared/model/incident.ts';
import type { EvidenceSeries } from '../store/index.ts';

/** A chart kept with the incident, with its samples. */
export interface Exhibit {
  readonly chart: EvidenceChart;
  readonly series: readonly EvidenceSeries[];
}

/** The highest value of a chart from an instant on, and when; null where it has none. */
export function peak(
  { series }: Exhibit,
  fromAt: number,
): { readonly value: number; readonly at: number } | null {
  let best: { value: number; at: number } | null = null;
  for (const { times, values } of series) {
    for (let i = 0; i < times.length; i += 1) {
      const at = times[i] ?? Number.NaN;
      const value = values[i] ?? Number.NaN;
      if (at < fromAt || !Number.isFinite(value)) continue;
      if (!best || value > best.value) best = { value, at };
    }
  }
  return best;
}

/** How long one sample may stand for the time after it: a gap in the evidence is not counted as more of the same. */
const HOLD_MAX_MS = 60_000;

/** Calls back with each sample of the first series and the time it stands for, between two instants. */
function eachHeld(
  { series }: Exhibit,
  fromAt: number,
  toAt: number,
  visit: (value: number, heldMs: number, at: number) => void,
): void {
  const [first] = series;
  if (!first) return;
  for (let i = 0; i < first.times.length; i += 1) {
    const at = first.times[i] ?? Number.NaN;
    const value = first.values[i] ?? Number.NaN;
    const endAt = Math.min(first.times[i + 1] ?? at, at + HOLD_MAX_MS, toAt);
    const startAt = Math.max(at, fromAt);
    if (Number.isFinite(value) && endAt > startAt) visit(value, endAt - startAt, at);
  }
}

/**
 * The fraction of the budget that the incident spent, from the kept burn rate: ∫ B dt / P, which is exact where traffic
 * is even over the period. Null where no burn rate was kept.
 */
export function budgetSpent(burn: Exhibit, fromAt: number, toAt: number, periodMs: number): number | null {
  let sum = 0;
  let seen = false;
  eachHeld(burn, fromAt, toAt, (value, heldMs) => {
    seen = true;
    sum += value * heldMs;
  });
  return seen ? sum / periodMs : null;
}

/** Requests and how many of them failed, from the kept burn rate and request rate; null where either is missing. */
export function requestCounts(
  burn: Exhibit,
  requests: Exhibit,
  target: number,
  fromAt: number,
  toAt: number,
): { readonly failed: number; readonly total: number } | null {
  const burnAt = new Map<number, number>();
  eachHeld(burn, fromAt, toAt, (value, _, at) => burnAt.set(at, value));
  let failed = 0;
  let total = 0;
  eachHeld(requests, fromAt, toAt, (rate, heldMs, at) => {
    const burnRate = burnAt.get(at);
    // Of these requests nobody knows whether they failed: counted as good they would make the share smaller than it was.
    if (burnRate === undefined) return;
    const events = (rate * heldMs) / 1000;
    total += events;
    failed += events * Math.min(1, Math.max(0, burnRate) * (1 - target));
  });
  return burnAt.size === 0 || total === 0 ? null : { failed, total };
}
