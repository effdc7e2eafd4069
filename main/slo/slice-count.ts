import { ok, type Result } from '../../shared/error/result.ts';
import type { RangeWindow } from '../../shared/model/metric.ts';
import type { Slices } from '../../shared/model/objective.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import { type Asking, askRange, type CountAt, type Problem } from './count.ts';
import { SliceRing } from './slice-ring.ts';

/** One query over a month of slices can take a backend down; a day at a time cannot. */
const CHUNK_MS = DAY_MS;

/** Verdicts of the slices that end from the one instant to the other, both multiples of the length; null is no data. */
export async function askSlices(
  asking: Asking,
  slices: Slices,
  fromAt: number,
  toAt: number,
): Promise<Result<(number | null)[], Problem>> {
  const stepMs = slices.lengthMs;
  const found = await askRange(asking, slices.bad, { fromAt, toAt, stepMs });
  if (!found.ok) return found;
  const verdicts: (number | null)[] = new Array(Math.round((toAt - fromAt) / stepMs) + 1).fill(null);
  found.value?.times.forEach((time, place) => {
    const value = found.value?.values[place];
    if (value !== undefined && Number.isFinite(value)) verdicts[Math.round((time - fromAt) / stepMs)] = value;
  });
  return ok(verdicts);
}

/** A ring with all slices that end in (fromAt, toAt], asked for a day at a time. */
export async function readSlices(
  asking: Asking,
  slices: Slices,
  fromAt: number,
  toAt: number,
): Promise<Result<SliceRing, Problem>> {
  const ring = new SliceRing(slices.lengthMs, toAt - fromAt + CHUNK_MS);
  const first = (Math.floor(fromAt / slices.lengthMs) + 1) * slices.lengthMs;
  const last = Math.floor(toAt / slices.lengthMs) * slices.lengthMs;
  const chunkMs = Math.floor(CHUNK_MS / slices.lengthMs) * slices.lengthMs || slices.lengthMs;
  for (let at = first; at <= last; at += chunkMs) {
    const chunk = await askSlices(asking, slices, at, Math.min(last, at + chunkMs - slices.lengthMs));
    if (!chunk.ok) return chunk;
    ring.append(at, chunk.value);
  }
  return ok(ring);
}

/** Bad slices and all slices in the window before each step of a range; a step without any is left out. */
export async function countSlicesOver(
  asking: Asking,
  slices: Slices,
  windowMs: number,
  range: RangeWindow,
): Promise<Result<CountAt[], Problem>> {
  const ring = await readSlices(asking, slices, range.fromAt - windowMs, range.toAt);
  if (!ring.ok) return ring;
  const counted: CountAt[] = [];
  for (let at = range.fromAt; at <= range.toAt; at += range.stepMs) {
    const { bad, seen } = ring.value.count(at - windowMs, at);
    if (seen > 0) counted.push({ at, bad, total: seen });
  }
  return ok(counted);
}
