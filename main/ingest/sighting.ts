import { isWatching } from '../../shared/model/source.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import type { Clock } from '../platform/index.ts';
import type { PollReport } from './poll.ts';
import { type Instant, isStale, STALE_INTERVALS, silentMs } from './staleness.ts';

/** When a source was last really seen, and an alarm for when that is too long ago. */
export interface Sighting {
  now(): Instant;
  /** A poll that began at that instant ended well. */
  seen(at: Instant): void;
  /** (Re)arms the alarm; before anything was seen the count begins here. */
  begin(): void;
  /** Nobody has looked for too long. */
  isOver(): boolean;
  /** The report, corrected where it still claims to be well though nobody has looked for too long. */
  correct(report: PollReport): PollReport;
  stop(): void;
}

export function createSighting(clock: Clock, pollEveryMs: number, onStale: () => void): Sighting {
  const now = (): Instant => ({ at: clock.now(), monotonicMs: clock.monotonic() });
  let last = now();
  let ever = false;
  let stopped = false;
  let cancel: () => void = () => undefined;

  /** Speaks up when the time is over: nobody else would, as nothing happens. */
  const arm = () => {
    cancel();
    if (stopped) return;
    const leftMs = STALE_INTERVALS * pollEveryMs - silentMs(last, now());
    if (leftMs > 0) cancel = clock.setTimeout(arm, leftMs);
    else onStale();
  };

  return {
    now,
    seen(at) {
      last = at;
      ever = true;
      arm();
    },
    begin() {
      if (!ever) last = now();
      arm();
    },
    isOver: () => isStale(last, now(), pollEveryMs),
    correct(report) {
      // A reason that is known already says more than "stale".
      const claimsWell = isWatching(report.condition) || report.condition === 'starting';
      if (!claimsWell || !isStale(last, now(), pollEveryMs)) return report;
      const limitMs = STALE_INTERVALS * pollEveryMs;
      const what = ever
        ? `no poll has ended well for ${formatDuration(limitMs)}`
        : `no poll has ended well in the first ${formatDuration(limitMs)}`;
      return {
        ...report,
        condition: 'stale',
        sinceAt: last.at + limitMs,
        problem: `${report.address}: ${what}. Nothing that rests on it is watched. If the machine did not sleep, look at Health for what holds the polls up.`,
      };
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
