import type { Series } from '../../../shared/model/metric.ts';

/** A seeded sequence of numbers from 0 to 1: the same picture in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Samples of a function of time; where it answers null there is no sample. */
export function sampled(
  labels: Record<string, string>,
  fromAt: number,
  toAt: number,
  stepMs: number,
  value: (at: number) => number | null,
): Series {
  const times: number[] = [];
  const values: number[] = [];
  for (let at = fromAt; at <= toAt; at += stepMs) {
    const one = value(at);
    if (one === null) continue;
    times.push(at);
    values.push(one);
  }
  return { labels, times: Float64Array.from(times), values: Float64Array.from(values) };
}

/** 0 before `fromAt`, 1 after `toAt`, a straight line between. */
export function ramp(at: number, fromAt: number, toAt: number): number {
  return Math.min(1, Math.max(0, (at - fromAt) / (toAt - fromAt)));
}
