import { afterEach, describe, expect, it } from 'vitest';
import {
  inlineWorker,
  silentLogger,
  startWorker,
  systemClock,
  Transfer,
  VirtualClock,
  type WorkerHandle,
} from '../../../main/platform/index.ts';
import type { EchoApi } from '../../support/echo.worker.ts';

const started: WorkerHandle<EchoApi>[] = [];
function start(): WorkerHandle<EchoApi> {
  const worker = startWorker<EchoApi>({
    name: 'echo',
    entry: new URL('../../support/echo.worker.ts', import.meta.url),
    init: { text: 'hello' },
    clock: systemClock(),
    log: silentLogger(),
  });
  started.push(worker);
  return worker;
}
afterEach(async () => {
  for (const worker of started.splice(0)) await worker.stop();
});

describe('a worker', () => {
  it('answers calls and has its start data', async () => {
    const worker = start();
    expect(await worker.call.say('boo')).toBe('you said boo');
    expect(await worker.call.initial()).toBe('hello');
    expect(worker.health()).toMatchObject({ name: 'echo', condition: 'ok', restarts: 0, pending: 0 });
  });

  it('hands buffers over in both directions instead of copying them', async () => {
    const values = Float64Array.of(1, 2, 3);
    const answer = await start().call.double(
      new Transfer(values, [values.buffer]) as unknown as Float64Array,
    );
    expect([...answer]).toEqual([2, 4, 6]);
    expect(values.byteLength).toBe(0);
  });

  it('carries a coded error with its details', async () => {
    await expect(start().call.refuse()).rejects.toMatchObject({
      code: 'refused',
      message: 'It was refused.',
      retryable: true,
      details: { limit: 3 },
    });
  });

  it('rejects what was under way when it dies, says so, and is restarted', async () => {
    const worker = start();
    const conditions: string[] = [];
    const restarted = new Promise<void>((resolve) => {
      worker.onChange((health) => {
        conditions.push(health.condition);
        if (health.restarts === 1) resolve();
      });
    });
    const hanging = worker.call.hang();
    const dying = worker.call.die();
    await expect(hanging).rejects.toMatchObject({ code: 'worker-died' });
    await expect(dying).rejects.toThrow(/disk is gone/);
    expect(worker.health()).toMatchObject({ condition: 'dead', lastProblem: 'the disk is gone' });
    await expect(worker.call.say('x')).rejects.toMatchObject({ code: 'worker-died', retryable: true });
    await restarted;
    expect(conditions).toEqual(['dead', 'ok']);
    expect(await worker.call.say('again')).toBe('you said again');
  });

  it('is restarted after a kill from outside', async () => {
    const worker = start();
    const hanging = worker.call.hang();
    await worker.kill();
    await expect(hanging).rejects.toMatchObject({ code: 'worker-died' });
  });

  it('stays down once it was stopped', async () => {
    const worker = start();
    await worker.call.say('x');
    await worker.stop();
    await expect(worker.call.say('x')).rejects.toMatchObject({ code: 'worker-died' });
    expect(worker.health().restarts).toBe(0);
  });
});

describe('a worker that rests', () => {
  const RESTS_MS = 60_000;
  function resting() {
    const clock = new VirtualClock(0);
    const worker = startWorker<EchoApi>({
      name: 'echo',
      entry: new URL('../../support/echo.worker.ts', import.meta.url),
      init: { text: 'hello' },
      clock,
      log: silentLogger(),
      restAfterMs: RESTS_MS,
    });
    started.push(worker);
    const heard: string[] = [];
    worker.onChange((health) => heard.push(health.condition));
    return { clock, worker, heard };
  }

  it('is started by the first call, and ended after its time without one', async () => {
    const { clock, worker, heard } = resting();
    expect(worker.health()).toMatchObject({ condition: 'resting', pending: 0, restarts: 0 });
    expect(await worker.heap()).toBeNull();
    expect(await worker.call.say('boo')).toBe('you said boo');
    expect(worker.health().condition).toBe('ok');
    await clock.advance(RESTS_MS / 2);
    await worker.call.say('still here');
    await clock.advance(RESTS_MS - 1);
    expect(worker.health().condition).toBe('ok');
    await clock.advance(2);
    expect(worker.health()).toMatchObject({ condition: 'resting', restarts: 0, lastProblem: null });
    expect(await worker.call.initial()).toBe('hello');
    expect(heard).toEqual(['ok', 'resting', 'ok']);
  });

  it('does not end while it works, however long that takes', async () => {
    const { clock, worker } = resting();
    const hanging = worker.call.hang();
    await clock.advance(10 * RESTS_MS);
    expect(worker.health()).toMatchObject({ condition: 'ok', pending: 1 });
    await worker.kill();
    await expect(hanging).rejects.toMatchObject({ code: 'worker-died' });
  });

  it('is restarted after a death like any other, and rests again', async () => {
    const { clock, worker, heard } = resting();
    await expect(worker.call.die()).rejects.toThrow(/disk is gone/);
    expect(worker.health().condition).toBe('dead');
    await clock.advance(1_000);
    expect(worker.health()).toMatchObject({ condition: 'ok', restarts: 1 });
    await clock.advance(2 * RESTS_MS);
    expect(worker.health().condition).toBe('resting');
    expect(heard).toEqual(['ok', 'dead', 'ok', 'resting']);
  });

  it('stays down once it was stopped, also out of its rest', async () => {
    const { worker } = resting();
    await worker.stop();
    await expect(worker.call.say('x')).rejects.toMatchObject({ code: 'worker-died' });
  });
});

describe('an inline worker', () => {
  it('is asynchronous and unwraps transfers as a thread does', async () => {
    const values = Float64Array.of(4);
    const worker = inlineWorker('inline', {
      twice: (input: Float64Array) =>
        new Transfer(
          input.map((v) => v * 2),
          [],
        ),
    });
    expect([...(await worker.call.twice(values))]).toEqual([8]);
    expect(worker.health().condition).toBe('ok');
  });
});
