import type { Alert } from '../../../shared/model/alert.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { memoryOf, remember } from './memory.ts';

/** Two evaluations further apart than this many polls have time between them that nobody saw. */
const UNSEEN_AFTER_POLLS = 2;

/**
 * Takes note of an evaluation that knows something. Time that nobody saw since the last one (blind, asleep, stopped)
 * is unknown: it counts neither towards `for` nor towards `keep_firing_for`.
 */
export function sawAt(alert: Alert, at: number, pollEveryMs: number): Alert {
  const memory = memoryOf(alert);
  const sinceMs = memory.seenAt === null ? 0 : at - memory.seenAt;
  const unseenMs = memory.gap ? sinceMs : strangeMs(sinceMs, pollEveryMs);
  return remember(
    { ...alert, lastEvaluatedAt: at },
    {
      seenAt: at,
      gap: false,
      unknownSinceAt: null,
      unseenMs: alert.activeSinceAt === null ? 0 : memory.unseenMs + unseenMs,
      clearSinceAt: memory.clearSinceAt === null ? null : memory.clearSinceAt + unseenMs,
    },
  );
}

/** Takes note of *no data* or an error: since when, not counting time in which nobody looked. */
export function unknownAt(alert: Alert, at: number, pollEveryMs: number): Alert {
  const memory = memoryOf(alert);
  const unseenMs = strangeMs(at - alert.lastEvaluatedAt, pollEveryMs);
  return remember(
    { ...alert, lastEvaluatedAt: at },
    {
      gap: true,
      unknownSinceAt: memory.unknownSinceAt === null ? at : memory.unknownSinceAt + unseenMs,
    },
  );
}

/**
 * The part of a step that was not watched: a pause; or, negative, what the clock was set back by,
 * so that nothing is lost of what was held.
 */
function strangeMs(sinceMs: number, pollEveryMs: number): number {
  return sinceMs < 0 || sinceMs > UNSEEN_AFTER_POLLS * pollEveryMs ? sinceMs : 0;
}

/** How long the fire condition has been seen to hold. */
export function heldMs(alert: Alert, at: number): number {
  return alert.activeSinceAt === null ? 0 : at - alert.activeSinceAt - memoryOf(alert).unseenMs;
}

/** How long *no data* or an error must last before it alerts: one lost answer is no outage. */
export function patienceMs(forMs: number, pollEveryMs: number): number {
  return Math.max(forMs, UNSEEN_AFTER_POLLS * pollEveryMs);
}

export function unseenNote(alert: Alert): string {
  const { unseenMs } = memoryOf(alert);
  return unseenMs > 0 ? ` (${formatDuration(unseenMs)} unseen, which does not count)` : '';
}
