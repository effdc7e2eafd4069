import type { WorkerHandle } from '../../../main/platform/index.ts';
import { inlineWorker, type WorkerApi } from '../../../main/platform/index.ts';
import { CodedError } from '../../../shared/error/coded.ts';
import type { WorkerHealth } from '../../../shared/model/health.ts';

/** A worker in this thread that a script can kill and start again; a new life knows nothing of the one before. */
export interface MortalWorker<Api extends WorkerApi> {
  readonly handle: WorkerHandle<Api>;
  setAlive(alive: boolean): void;
}

export function mortalWorker<Api extends WorkerApi>(name: string, create: () => Api): MortalWorker<Api> {
  const listeners = new Set<(health: WorkerHealth) => void>();
  let life: WorkerHandle<Api> | null = inlineWorker(name, create());
  let restarts = 0;
  const health = (): WorkerHealth => ({
    name,
    condition: life ? 'ok' : 'dead',
    restarts,
    pending: 0,
    longestWaitMs: null,
    lastProblem: life ? null : 'killed by the script',
  });
  // A call that had begun when the thread died is rejected in the same way as one that found it dead.
  const invoke = async (method: string, args: unknown[]): Promise<unknown> => {
    if (!life)
      throw new CodedError('worker-died', `The ${name} worker died. What it was deciding is unknown.`, {
        retryable: true,
      });
    const call = Reflect.get(life.call, method) as (...all: unknown[]) => Promise<unknown>;
    return call(...args);
  };
  const call = new Proxy({} as WorkerHandle<Api>['call'] & object, {
    get:
      (_target, method) =>
      (...args: unknown[]) =>
        invoke(String(method), args),
  });
  return {
    handle: {
      call,
      health,
      heap: async () => null,
      onChange(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      stop: async () => undefined,
      kill: async () => undefined,
    },
    setAlive(alive) {
      if (alive && !life) restarts += 1;
      life = alive ? (life ?? inlineWorker(name, create())) : null;
      for (const listener of listeners) listener(health());
    },
  };
}
