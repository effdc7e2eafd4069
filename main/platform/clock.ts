import { CodedError } from '../../shared/error/coded.ts';

/**
 * The only way to know or wait for time. Product code never calls Date.now or setTimeout itself:
 * that is what lets one pipeline run live, in scenarios and over history.
 */
export interface Clock {
  /** Wall time, integer milliseconds UTC since the epoch. */
  now(): number;
  /** Milliseconds that never go back; stands still while the machine sleeps on some systems. */
  monotonic(): number;
  /** Runs the task once after the delay. The answer cancels it; cancelling twice is harmless. */
  setTimeout(task: () => void | Promise<void>, delayMs: number): () => void;
}

/** The machine's own clock. A rejected task ends as an unhandled rejection, which the host logs and survives. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    setTimeout: (task, delayMs) => {
      // Timers longer than 2^31 − 1 ms fire at once in Node: a monthly backup would loop.
      const timer = setTimeout(task, Math.min(Math.max(0, delayMs), 2_147_483_647));
      return () => clearTimeout(timer);
    },
  };
}

interface VirtualTimer {
  readonly dueAt: number;
  readonly order: number;
  readonly task: () => void | Promise<void>;
}

/** A clock that moves only when told to. Tasks run in due order, each awaited before the next. */
export class VirtualClock implements Clock {
  /** Monotonic time; the wall shows it plus what it was set by. */
  private at: number;
  private setByMs = 0;
  private order = 0;
  private readonly timers = new Map<number, VirtualTimer>();
  private advancing = false;

  constructor(startAt: number) {
    this.at = startAt;
  }

  now(): number {
    return this.at + this.setByMs;
  }

  monotonic(): number {
    return this.at;
  }

  setTimeout(task: () => void | Promise<void>, delayMs: number): () => void {
    const order = this.order++;
    this.timers.set(order, { dueAt: this.at + Math.max(0, Math.round(delayMs)), order, task });
    return () => void this.timers.delete(order);
  }

  /** Moves forward by the given milliseconds, running what falls due. */
  advance(durationMs: number): Promise<void> {
    return this.advanceTo(this.at + this.setByMs + durationMs);
  }

  /** Until the wall shows that time. */
  async advanceTo(wallAt: number): Promise<void> {
    const at = wallAt - this.setByMs;
    if (this.advancing)
      throw new CodedError('clock-reentered', 'A task moved the virtual clock that runs it.');
    this.advancing = true;
    try {
      for (let next = this.nextDue(at); next; next = this.nextDue(at)) {
        this.timers.delete(next.order);
        this.at = Math.max(this.at, next.dueAt);
        await next.task();
      }
      this.at = Math.max(this.at, at);
    } finally {
      this.advancing = false;
    }
  }

  /** Sets the wall alone: forwards as sleep does where timers stand still meanwhile, or as a person does. */
  setBy(durationMs: number): void {
    this.setByMs += durationMs;
  }

  /** Jumps without running what falls due in between, as a stopped process: it all runs late, at the next advance. */
  jump(durationMs: number): void {
    this.at += durationMs;
  }

  private nextDue(limitAt: number): VirtualTimer | undefined {
    let best: VirtualTimer | undefined;
    for (const timer of this.timers.values()) {
      if (timer.dueAt > limitAt) continue;
      if (!best || timer.dueAt < best.dueAt || (timer.dueAt === best.dueAt && timer.order < best.order))
        best = timer;
    }
    return best;
  }
}
