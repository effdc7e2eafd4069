import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeat, type Tick, VirtualClock } from '../../../main/platform/index.ts';

describe('the virtual clock', () => {
  it('runs what falls due in due order, each awaited before the next', async () => {
    const clock = new VirtualClock(1_000);
    const seen: string[] = [];
    clock.setTimeout(async () => {
      await Promise.resolve();
      seen.push(`a at ${clock.now()}`);
    }, 50);
    clock.setTimeout(() => void seen.push(`b at ${clock.now()}`), 20);
    clock.setTimeout(() => {
      clock.setTimeout(() => void seen.push(`nested at ${clock.now()}`), 5);
    }, 30);
    await clock.advance(100);
    expect(seen).toEqual(['b at 1020', 'nested at 1035', 'a at 1050']);
    expect(clock.now()).toBe(1_100);
  });

  it('does not run what was cancelled or is not due', async () => {
    const clock = new VirtualClock(0);
    let ran = 0;
    clock.setTimeout(() => {
      ran += 1;
    }, 10)();
    clock.setTimeout(() => {
      ran += 1;
    }, 11);
    await clock.advance(10);
    expect(ran).toBe(0);
    await clock.advance(1);
    expect(ran).toBe(1);
  });

  it('runs late what fell due during a jump, as after sleep', async () => {
    const clock = new VirtualClock(0);
    let ranAt = -1;
    clock.setTimeout(() => {
      ranAt = clock.now();
    }, 10);
    clock.jump(500);
    expect(ranAt).toBe(-1);
    await clock.advance(0);
    expect(ranAt).toBe(500);
  });

  it('refuses to be moved from inside a task that it runs', async () => {
    const clock = new VirtualClock(0);
    let refused: unknown;
    clock.setTimeout(async () => {
      refused = await clock.advance(1).catch((thrown: unknown) => thrown);
    }, 1);
    await clock.advance(5);
    expect(refused).toMatchObject({ code: 'clock-reentered' });
  });

  it('never goes back, whatever timers are set', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: -10, max: 1_000 }), { maxLength: 30 }), async (delays) => {
        const clock = new VirtualClock(0);
        const times: number[] = [];
        for (const delay of delays) clock.setTimeout(() => void times.push(clock.now()), delay);
        await clock.advance(1_000);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(times).toHaveLength(delays.length);
      }),
    );
  });
});

describe('a repeated task', () => {
  const collect = async (run: (clock: VirtualClock, ticks: Tick[]) => Promise<void>) => {
    const clock = new VirtualClock(0);
    const ticks: Tick[] = [];
    await run(clock, ticks);
    return ticks;
  };

  it('runs each period, first after its phase', async () => {
    const ticks = await collect(async (clock, seen) => {
      const stop = repeat({
        clock,
        periodMs: 100,
        phase: 0.25,
        task: (tick) => void seen.push(tick),
        onError: () => undefined,
      });
      await clock.advance(350);
      stop();
      await clock.advance(1_000);
    });
    expect(ticks.map((tick) => tick.dueAt)).toEqual([25, 125, 225, 325]);
    expect(ticks.every((tick) => tick.missed === 0)).toBe(true);
  });

  it('counts the runs that sleep swallowed and does not catch them up', async () => {
    const ticks = await collect(async (clock, seen) => {
      repeat({
        clock,
        periodMs: 100,
        phase: 0,
        task: (tick) => void seen.push(tick),
        onError: () => undefined,
      });
      await clock.advance(100);
      clock.jump(1_030);
      await clock.advance(100);
    });
    expect(ticks.map((tick) => [tick.dueAt, tick.missed])).toEqual([
      [0, 0],
      [100, 0],
      [1_100, 9],
      [1_200, 0],
    ]);
    expect(ticks[2]?.lagMs).toBe(30);
  });

  it('goes on after a task that failed, and says so', async () => {
    const failures: unknown[] = [];
    const ticks = await collect(async (clock, seen) => {
      repeat({
        clock,
        periodMs: 10,
        phase: 0,
        task: (tick) => {
          seen.push(tick);
          if (seen.length === 1) throw new Error('once');
        },
        onError: (thrown) => failures.push(thrown),
      });
      await clock.advance(20);
    });
    expect(ticks).toHaveLength(3);
    expect(failures).toHaveLength(1);
  });

  it('says nothing of what its own stop broke off', async () => {
    const failures: unknown[] = [];
    await collect(async (clock) => {
      const { promise, reject } = Promise.withResolvers<void>();
      const stop = repeat({
        clock,
        periodMs: 10,
        phase: 0,
        task: () => promise,
        onError: (thrown) => failures.push(thrown),
      });
      const advanced = clock.advance(1);
      await Promise.resolve();
      stop();
      reject(new Error('The thread was ended.'));
      await advanced;
      await clock.advance(20);
    });
    expect(failures).toEqual([]);
  });
});
