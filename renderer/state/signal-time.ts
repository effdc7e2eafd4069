import type { BoardRange } from '../../shared/model/board.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';

/** A span of time with its step, both ends on the step: points do not wander from one refresh to the next. */
export interface SignalSpan {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
}

/** The ranges that one press chooses. */
export const RANGES_MS: readonly number[] = [
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  28 * DAY_MS,
];

const STEPS_MS: readonly number[] = [
  SECOND_MS,
  2 * SECOND_MS,
  5 * SECOND_MS,
  10 * SECOND_MS,
  15 * SECOND_MS,
  30 * SECOND_MS,
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
];

/** One point for each two pixels can be told apart, and a query costs by its points. */
const PX_PER_POINT = 2;
/** As many points as a source answers for one series. */
const POINTS_MAX = 11_000;

/** The span to ask for now. A step that would give more points than a source answers is lengthened, never refused. */
export function spanOf(range: BoardRange, stepMs: number | null, now: number, widthPx: number): SignalSpan {
  const [fromAt, toAt] = range.kind === 'last' ? [now - range.ms, now] : [range.fromAt, range.toAt];
  const length = toAt - fromAt;
  const most = Math.max(60, Math.floor(widthPx / PX_PER_POINT));
  const usual = STEPS_MS.find((step) => length / step <= most) ?? Math.ceil(length / most / DAY_MS) * DAY_MS;
  const least = Math.ceil(length / (POINTS_MAX - 2));
  const step = Math.max(stepMs ?? usual, least);
  return { fromAt: Math.floor(fromAt / step) * step, toAt: Math.floor(toAt / step) * step, stepMs: step };
}

/** How often a moving range is asked again: when there is a new point to show, within bounds. Null: never. */
export function refreshMs(range: BoardRange, stepMs: number): number | null {
  if (range.kind === 'between') return null;
  return Math.min(MINUTE_MS, Math.max(SECOND_MS, stepMs));
}

/** `2026-11-24T02:13:05` as a field of the page wants it, in the zone that is shown. */
export function fieldOf(at: number, zone: 'utc' | 'local'): string {
  const shifted = zone === 'utc' ? at : at - new Date(at).getTimezoneOffset() * MINUTE_MS;
  return new Date(shifted).toISOString().slice(0, 19);
}

/** Reads such a field; undefined where it names no instant. */
export function instantOf(field: string, zone: 'utc' | 'local'): number | undefined {
  const at = Date.parse(zone === 'utc' ? `${field}Z` : field);
  return Number.isFinite(at) ? at : undefined;
}
