import { messageOf } from '../../shared/error/coded.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import type { Unwatched } from '../../shared/model/watch.ts';
import { type Clock, type Logger, repeat, type Tick } from '../platform/index.ts';
import type { WatchLedger } from './ledger.ts';
import type { Poll } from './poll.ts';
import { createSighting, type Sighting } from './sighting.ts';

/** Drives one source: polls it each period, never twice at a time, and knows when it was last really seen. */
export interface Schedule {
  readonly id: string;
  readonly poll: Poll;
  /** @param delayMs until the first poll */
  start(delayMs: number): void;
  /** No more polls; the one under way is left to end. */
  pause(): void;
  /** Polls at once, or waits for the poll under way. */
  pollNow(): Promise<void>;
  status(): SourceStatus;
  missedTicks(): number;
  /** How late the last poll began; null before the first. */
  lagMs(): number | null;
  /** Stops and lets go. `gone`: the source is not configured any more, so its series end. */
  stop(gone: boolean): Promise<void>;
}

export interface ScheduleOptions {
  readonly id: string;
  readonly pollEveryMs: number;
  readonly poll: Poll;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onStatus: () => void;
  readonly blinds: () => readonly string[];
  readonly ledger: Pick<WatchLedger, 'seen' | 'missed'>;
  /** A gap in the watch has ended. */
  readonly onGap: (gap: Unwatched) => void;
  /** How long a catch-up poll waits after a pause, drawn anew each time: all sources wake at one instant. */
  readonly catchUpDelayMs: () => number;
}

/** Polls one at a time: whoever asks while one is under way waits for that one. */
interface Turn {
  take(): Promise<void>;
  /** The poll under way, if any. */
  current(): Promise<void> | undefined;
  count(): number;
}

/** So many ticks missed at once are a pause of the machine or the process, not a slow poll. */
const PAUSE_TICKS = 3;

export function createSchedule(options: ScheduleOptions): Schedule {
  const { clock, poll, pollEveryMs } = options;
  const kept = createKeptStatus();
  const onStatus = () => {
    kept.forget();
    options.onStatus();
  };
  const sighting = createSighting(clock, pollEveryMs, onStatus);
  const turn = createTurn({ ...options, onStatus }, sighting);
  const ticking = createTicking(options, turn, kept.forget);
  const forgetPoll = poll.onChange(onStatus);
  const statusNow = (blinds: readonly string[]): SourceStatus => {
    const report = sighting.correct(poll.report());
    return {
      id: options.id,
      kind: poll.kind,
      ...report,
      nextTryAt: report.nextTryAt ?? ticking.nextAt(),
      pollEveryMs,
      polls: turn.count(),
      missedTicks: ticking.missed(),
      blinds: [...blinds],
    };
  };

  return {
    id: options.id,
    poll,
    start(delayMs) {
      ticking.begin(delayMs);
      sighting.begin();
    },
    pause: ticking.pause,
    async pollNow() {
      poll.tryNow();
      await turn.take();
    },
    status() {
      const blinds = options.blinds();
      // Other kinds learn of themselves between polls, too.
      const moves = poll.kind !== 'prometheus' || sighting.isOver();
      return moves ? statusNow(blinds) : kept.get(blinds, statusNow);
    },
    missedTicks: ticking.missed,
    lagMs: ticking.lagMs,
    async stop(gone) {
      ticking.pause();
      sighting.stop();
      forgetPoll();
      await poll.close();
      await turn.current();
      if (gone) await poll.end(clock.now());
    },
  };
}

/** The regular polls of one source, with how late they are. `onMove`: when the next one is due has changed. */
function createTicking(options: ScheduleOptions, turn: Turn, onMove: () => void) {
  const { clock, pollEveryMs, log } = options;
  let missed = 0;
  let lagMs: number | null = null;
  let pauseLagMs = 0;
  let nextAt: number | null = null;
  let cancelRepeat: () => void = () => undefined;
  const moveTo = (at: number | null) => {
    nextAt = at;
    onMove();
  };

  const tick = async (due: Tick) => {
    missed += due.missed;
    lagMs = due.lagMs + pauseLagMs;
    pauseLagMs = 0;
    if (due.missed >= PAUSE_TICKS) {
      pauseLagMs = due.lagMs;
      return begin(options.catchUpDelayMs());
    }
    moveTo(due.dueAt + pollEveryMs);
    await turn.take();
  };
  const pause = () => {
    cancelRepeat();
    moveTo(null);
  };
  const begin = (delayMs: number) => {
    pause();
    moveTo(clock.now() + delayMs);
    cancelRepeat = repeat({
      clock,
      periodMs: pollEveryMs,
      phase: delayMs / pollEveryMs,
      task: tick,
      onError: (thrown) => log.error({ source: options.id, problem: messageOf(thrown) }, 'a poll failed'),
    });
  };
  return { begin, pause, nextAt: () => nextAt, missed: () => missed, lagMs: () => lagMs };
}

/** What a source says of itself, until something of it changes: with many sources it is asked for far more often. */
function createKeptStatus() {
  let kept: { readonly status: SourceStatus; readonly blinds: readonly string[] } | null = null;
  return {
    forget() {
      kept = null;
    },
    get(blinds: readonly string[], make: (blinds: readonly string[]) => SourceStatus): SourceStatus {
      if (kept?.blinds !== blinds) kept = { status: make(blinds), blinds };
      return kept.status;
    },
  };
}

function createTurn(options: ScheduleOptions, sighting: Sighting): Turn {
  let polls = 0;
  let running: Promise<void> | undefined;
  const run = async () => {
    const began = sighting.now();
    polls += 1;
    try {
      if (await options.poll.run(began.at)) {
        sighting.seen(began);
        const gap = options.ledger.seen(options.id, began, options.pollEveryMs);
        if (gap) options.onGap(gap);
      } else options.ledger.missed(options.id, began, 'failing', options.pollEveryMs);
    } catch (thrown) {
      options.ledger.missed(options.id, began, 'held-up', options.pollEveryMs);
      // Not seen, so the source goes stale and says so; the next poll tries again.
      options.log.error(
        { source: options.id, problem: messageOf(thrown) },
        'a poll failed inside Midwatch; what it should have seen is unknown',
      );
    } finally {
      running = undefined;
      options.onStatus();
    }
  };
  return {
    take() {
      running ??= run();
      return running;
    },
    current: () => running,
    count: () => polls,
  };
}
