import { describe, expect, it } from 'vitest';
import { inlineWorker, VirtualClock, type WorkerHandle } from '../../../main/platform/index.ts';
import { changeFile } from '../../../main/workspace/file-change.ts';
import { readYaml } from '../../../main/workspace/index.ts';
import { overWorker, type YamlApi } from '../../../main/workspace/yaml-thread.ts';
import { CodedError } from '../../../shared/error/coded.ts';

const DEADLINE_MS = 5_000;

/** A thread that answers nothing until it is killed; its condition is the test's. */
function silentWorker(condition: { value: 'starting' | 'ok' }) {
  let reject: (error: CodedError) => void = () => undefined;
  let resolve: () => void = () => undefined;
  const never = () =>
    new Promise<never>((settle, fail) => {
      reject = fail;
      resolve = () => settle({ documents: [], problems: [] } as never);
    });
  const inline = inlineWorker<YamlApi>('yaml', { read: readYaml, change: changeFile });
  const kills: number[] = [];
  const worker: WorkerHandle<YamlApi> = {
    ...inline,
    call: { read: never, change: never },
    health: () => ({ ...inline.health(), condition: condition.value }),
    kill: async () => {
      kills.push(1);
      reject(new CodedError('worker-died', 'The yaml worker died.'));
    },
  };
  return { worker, kills, answer: () => resolve() };
}

describe('the deadline of a YAML file', () => {
  it('ends the thread of a text that takes too long', async () => {
    const clock = new VirtualClock(0);
    const { worker, kills } = silentWorker({ value: 'ok' });
    const reading = overWorker(worker, clock, DEADLINE_MS).read('a: 1');
    await clock.advance(DEADLINE_MS);
    expect(kills).toHaveLength(1);
    expect((await reading).problems[0]?.message).toMatch(/read within 5 s; make the file smaller/);
  });

  it('does not count the start of the thread against the first text', async () => {
    const clock = new VirtualClock(0);
    const condition: { value: 'starting' | 'ok' } = { value: 'starting' };
    const { worker, kills, answer } = silentWorker(condition);
    const reading = overWorker(worker, clock, DEADLINE_MS).read('a: 1');
    await clock.advance(3 * DEADLINE_MS - 1);
    condition.value = 'ok';
    // The thread has just come: the text has its whole time from now on.
    await clock.advance(DEADLINE_MS - 1);
    expect(kills).toEqual([]);
    answer();
    expect((await reading).problems).toEqual([]);
  });

  it('ends a thread that never comes, too', async () => {
    const clock = new VirtualClock(0);
    const { worker, kills } = silentWorker({ value: 'starting' });
    const reading = overWorker(worker, clock, DEADLINE_MS).read('a: 1');
    await clock.advance(7 * DEADLINE_MS);
    expect(kills).toHaveLength(1);
    expect((await reading).problems).toHaveLength(1);
  });
});
