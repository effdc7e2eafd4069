import type { Clock } from '../platform/index.ts';
import type { Fleet } from './fleet.ts';

const STEP_MS = 100;
/** After standing still for longer than this the missed requests are skipped: replaying an hour would take minutes of CPU. */
const SKIP_OVER_MS = 60_000;

/** Keeps a fleet's simulated time at the clock's, in steps of 100 ms. */
export class FleetDriver {
  private readonly fleet: Fleet;
  private readonly clock: Clock;
  private lastMonotonicMs: number;
  private cancel: (() => void) | null = null;

  constructor(fleet: Fleet, clock: Clock) {
    this.fleet = fleet;
    this.clock = clock;
    this.lastMonotonicMs = clock.monotonic();
  }

  start(): void {
    this.cancel = this.clock.setTimeout(() => {
      this.catchUp();
      this.start();
    }, STEP_MS);
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  /**
   * Brings the fleet to now. A wall clock set back does not stop it, since elapsed time counts as well;
   * a gap, whether the wall or the monotonic clock shows it, is skipped.
   */
  catchUp(): void {
    const monotonicMs = this.clock.monotonic();
    const elapsedMs = monotonicMs - this.lastMonotonicMs;
    this.lastMonotonicMs = monotonicMs;
    const dueAt = Math.max(this.clock.now(), this.fleet.now + elapsedMs);
    if (dueAt - this.fleet.now > SKIP_OVER_MS) this.fleet.skipTo(dueAt);
    else this.fleet.advanceTo(dueAt);
  }
}
