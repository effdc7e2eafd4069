import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import type { Ask } from './ask.ts';
import { selectorFor } from './selector.ts';
import type { Target } from './target.ts';

/** How often a target is scraped is learnt from so long a time before. */
const LEARNT_OVER_MS = 10 * MINUTE_MS;
/** A scrape that is late by this many distances did not take place. */
const MISSED_INTERVALS = 2.5;
const MISSED_MIN_MS = 10 * SECOND_MS;
const STEP_MIN_MS = 30 * SECOND_MS;
const STEPS_MAX = 500;

/**
 * When targets were scraped again, where nobody scraped them after the given sample: whoever does it was down itself, and
 * what went meanwhile left no word of its end. Null where they were scraped all the time, or nothing is known of that.
 */
export async function seenAgain(
  ask: Ask,
  targets: readonly Target[],
  sampleAt: number,
  at: number,
): Promise<number | null> {
  const [target] = targets;
  if (!target) return null;
  const up = `up${selectorFor({ ...target })}`;
  const before = await ask.instant(`count_over_time(${up}[${LEARNT_OVER_MS / SECOND_MS}s])`, sampleAt);
  const scrapes = before?.[0]?.value ?? 0;
  if (scrapes < 2) return null;
  const missedMs = Math.max(MISSED_MIN_MS, Math.ceil((MISSED_INTERVALS * LEARNT_OVER_MS) / scrapes));
  // A second later, as some evaluate a window with its beginning and others without.
  const askedAt = sampleAt + missedMs + SECOND_MS;
  if (askedAt > at) return null;
  const next = await ask.instant(`count_over_time(${up}[${Math.floor(missedMs / SECOND_MS)}s])`, askedAt);
  if (next === null || next.length > 0) return null;
  const stepMs = Math.max(STEP_MIN_MS, Math.ceil((at - sampleAt) / STEPS_MAX));
  const lag = await ask.range(`min(time() - timestamp(${up}))`, { fromAt: sampleAt, toAt: at, stepMs });
  const [series] = lag ?? [];
  for (const [index, time] of series?.times.entries() ?? []) {
    const scrapedAt = time - (series?.values[index] ?? 0) * SECOND_MS;
    if (scrapedAt > askedAt - SECOND_MS) return Math.round(scrapedAt);
  }
  return null;
}
