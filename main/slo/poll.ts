import type { Result } from '../../shared/error/result.ts';
import { ok } from '../../shared/error/result.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';
import { densityQuery } from './build-query.ts';
import { type Asking, askNumber, type Counters, type Problem } from './count.ts';

/** How far apart the total's samples are, as measured. */
export interface Cadence {
  readonly scrapeMs: number;
  readonly measuredAt: number;
}

const DENSITY_WINDOW_MS = 5 * MINUTE_MS;
const NEWEST_POLLS = 10;
const NEWEST_MIN_MS = 10 * SECOND_MS;
/** Fewer than these in the newest window would make a guess of a measurement. */
const NEWEST_SAMPLES = 5;
/** Long enough that jitter cannot leave one sample alone in the window, of which no increase can be taken. */
const SCRAPES_IN_WINDOW = 2.5;
/** Measured anew this often, and this often while the series is young. */
export const CADENCE_EVERY_MS = MINUTE_MS;
export const CADENCE_YOUNG_EVERY_MS = 5 * SECOND_MS;

/** The scrape interval from the number of samples that were seen; null while there are too few to say. */
export async function measureCadence(
  asking: Asking,
  counters: Counters,
  seenMs: number,
  pollMs: number,
  at: number,
): Promise<Result<Cadence | null, Problem>> {
  const query = densityQuery(counters.total, DENSITY_WINDOW_MS);
  // Only the author of a template knows its counters: four polls, and not under a minute, hold two scrapes of most.
  if (query === null)
    return ok({ scrapeMs: Math.max(4 * pollMs, MINUTE_MS) / SCRAPES_IN_WINDOW, measuredAt: at });
  // Samples of now say it best: five minutes may still hold coarser ones of before, written later or by another scraper.
  const newestMs = Math.max(NEWEST_POLLS * pollMs, NEWEST_MIN_MS);
  const newest = newestMs < DENSITY_WINDOW_MS ? densityQuery(counters.total, newestMs) : null;
  const fresh = newest === null ? null : await askNumber(asking, newest, at);
  if (fresh?.ok && fresh.value !== null && fresh.value >= NEWEST_SAMPLES)
    return ok({ scrapeMs: newestMs / fresh.value, measuredAt: at });
  const samples = await askNumber(asking, query, at);
  if (!samples.ok) return samples;
  if (samples.value === null || samples.value < 2 || seenMs <= 0) return ok(null);
  // `seenMs` may fall short of the truth by a step of the look: n samples span n − 1 intervals at least.
  return ok({ scrapeMs: Math.min(DENSITY_WINDOW_MS, seenMs) / samples.value, measuredAt: at });
}

/**
 * The window of *the last poll's own* error rate: the least that holds two scrapes, rather than the difference of two
 * longer counts. Extrapolation spreads a longer window's average over its newest part, so that an error that has ended
 * would show for as long as that window, and a difference of raw counters is not safe against resets.
 */
export function pollWindowMs(cadence: Cadence, pollMs: number): number {
  return Math.round(Math.max(pollMs, SCRAPES_IN_WINDOW * cadence.scrapeMs));
}

/**
 * Whether a sample can have come since the last poll that gave a value. Polls between two scrapes all see the same pair
 * of samples: three of them must not pass for three polls under budget.
 */
export function hasNews(cadence: Cadence, lastValueAt: number | null, at: number): boolean {
  // A clock that was set back must not silence the polls until it has caught up.
  return lastValueAt === null || at < lastValueAt || at - lastValueAt >= 0.9 * cadence.scrapeMs;
}
