import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/unit/time.ts';

/** Widths of the buckets that are kept: five minutes and an hour. */
export const ROLLUP_WIDTHS = [5 * MINUTE_MS, HOUR_MS] as const;
export type RollupWidth = (typeof ROLLUP_WIDTHS)[number];

/** Buckets of one series lie in blocks of whole days: one row of the table each. */
export function blockSpanMs(widthMs: number): number {
  return widthMs === HOUR_MS ? 10 * DAY_MS : DAY_MS;
}

/** Start of the block that holds the bucket with this end. */
export function blockStart(endAt: number, widthMs: number): number {
  const span = blockSpanMs(widthMs);
  return (Math.ceil(endAt / span) - 1) * span;
}
