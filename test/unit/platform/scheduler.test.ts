import { describe, expect, it } from 'vitest';
import { repeat, type Tick, VirtualClock } from '../../../main/platform/index.ts';

/** A machine's clock whose wall time a person or a server sets, while its timers run on. */
class SetClock extends VirtualClock {
  private shiftMs = 0;

  set(byMs: number): void {
    this.shiftMs += byMs;
  }

  override now(): number {
    return super.now() + this.shiftMs;
  }
}

function bench(periodMs = 1_000, phase = 1) {
  const clock = new SetClock(1_000_000);
  const ticks: Tick[] = [];
  const errors: unknown[] = [];
  let task: () => Promise<void> | void = () => undefined;
  const stop = repeat({
    clock,
    periodMs,
    phase,
    task: (tick) => {
      ticks.push(tick);
      return task();
    },
    onError: (thrown) => errors.push(thrown),
  });
  return {
    clock,
    ticks,
    errors,
    stop,
    does: (next: typeof task) => {
      task = next;
    },
  };
}

describe('a regular task', () => {
  it('runs each period, the first time after its phase', async () => {
    const { clock, ticks } = bench(1_000, 0.25);
    await clock.advance(3_300);
    expect(ticks.map((tick) => tick.dueAt)).toEqual([1_000_250, 1_001_250, 1_002_250, 1_003_250]);
  });

  it('runs at once with the phase 0, and then each period', async () => {
    const { clock, ticks } = bench(86_400_000, 0);
    await clock.advance(0);
    expect(ticks).toHaveLength(1);
    await clock.advance(86_400_000);
    expect(ticks).toHaveLength(2);
  });

  it('goes on after a failure, which is told', async () => {
    const { clock, ticks, errors, does } = bench();
    does(() => {
      throw new Error('no');
    });
    await clock.advance(2_500);
    expect(ticks).toHaveLength(2);
    expect(errors).toHaveLength(2);
  });

  it('counts what was missed in a sleep and does not catch it up', async () => {
    const { clock, ticks } = bench();
    await clock.advance(1_000);
    clock.jump(10_500);
    await clock.advance(1_000);
    expect(ticks.map((tick) => tick.missed)).toEqual([0, 9, 0]);
  });

  it('goes on where the clock is set back by an hour', async () => {
    const { clock, ticks } = bench();
    await clock.advance(3_000);
    clock.set(-3_600_000);
    await clock.advance(5_000);
    expect(ticks.length).toBeGreaterThanOrEqual(7);
  });

  it('goes on where the clock is set forward, and says what it takes for missed', async () => {
    const { clock, ticks } = bench();
    await clock.advance(1_000);
    clock.set(3_600_000);
    await clock.advance(3_000);
    expect(ticks.length).toBeGreaterThanOrEqual(3);
    expect(ticks.reduce((sum, tick) => sum + tick.missed, 0)).toBeGreaterThanOrEqual(3_599);
  });

  it('stops, also while it runs', async () => {
    const { clock, ticks, stop, does } = bench();
    does(() => stop());
    await clock.advance(5_000);
    expect(ticks).toHaveLength(1);
  });
});
