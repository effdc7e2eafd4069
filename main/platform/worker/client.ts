import { Worker } from 'node:worker_threads';
import { CodedError, messageOf } from '../../../shared/error/coded.ts';
import type { WorkerHealth } from '../../../shared/model/health.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { type AnswerMessage, fromWire, type Remote, Transfer, type WorkerApi } from './protocol.ts';

/** A worker as its owner sees it: typed calls, its health, and word of each death and restart. */
export interface WorkerHandle<Api extends WorkerApi> {
  readonly call: Remote<Api>;
  health(): WorkerHealth;
  /** Heard after each death (`dead`) and each restart (`ok`). What was under way has been rejected by then. */
  onChange(listener: (health: WorkerHealth) => void): () => void;
  stop(): Promise<void>;
  /** Ends the thread at once, as a crash would; for tests of what a death means. */
  kill(): Promise<void>;
}

export interface WorkerOptions {
  readonly name: string;
  readonly entry: URL;
  readonly init: unknown;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: CodedError) => void;
}

/** A restart storm must not burn the laptop: the wait doubles up to this. */
const RESTART_WAIT_MAX_MS = 30_000;

/**
 * Starts a worker thread and keeps it alive. A call whose worker dies is rejected with the code `worker-died`:
 * what it was deciding is blind, never a verdict.
 */
export function startWorker<Api extends WorkerApi>(options: WorkerOptions): WorkerHandle<Api> {
  const { name, clock, log } = options;
  const pending = new Map<number, Pending>();
  const listeners = new Set<(health: WorkerHealth) => void>();
  let nextId = 1;
  let restarts = 0;
  let lastProblem: string | null = null;
  let condition: WorkerHealth['condition'] = 'starting';
  let stopped = false;
  let cancelRestart: () => void = () => undefined;
  let lastStartAt = 0;
  let waitMs = 100;
  let worker: Worker;

  const health = (): WorkerHealth => ({ name, condition, restarts, pending: pending.size, lastProblem });
  const say = () => {
    for (const listener of listeners) listener(health());
  };
  const died = (problem: string) => {
    if (condition === 'dead') return;
    condition = 'dead';
    lastProblem = problem;
    for (const [id, call] of pending) {
      pending.delete(id);
      call.reject(
        new CodedError(
          'worker-died',
          `The ${name} worker died (${problem}). What it was deciding is unknown; it is being restarted.`,
          { retryable: true },
        ),
      );
    }
    if (stopped) return;
    log.error({ worker: name, problem }, 'a worker died');
    say();
    waitMs = clock.monotonic() - lastStartAt > 60_000 ? 100 : Math.min(waitMs * 2, RESTART_WAIT_MAX_MS);
    cancelRestart = clock.setTimeout(() => {
      restarts += 1;
      start();
      say();
    }, waitMs);
  };
  const start = () => {
    lastStartAt = clock.monotonic();
    condition = 'ok';
    const thread = new Worker(options.entry, { workerData: options.init, name });
    worker = thread;
    let failure: string | undefined;
    thread.on('message', (answer: AnswerMessage) => {
      const call = pending.get(answer.id);
      if (!call) return;
      pending.delete(answer.id);
      if (answer.ok) call.resolve(answer.value);
      else call.reject(fromWire(answer.error));
    });
    thread.on('messageerror', (thrown) =>
      log.error({ worker: name, problem: messageOf(thrown) }, 'a worker answer could not be read'),
    );
    thread.on('error', (thrown) => {
      failure = messageOf(thrown);
    });
    thread.on('exit', (status) => {
      if (thread === worker) died(failure ?? `exit status ${status}`);
    });
  };
  start();

  const invoke = (method: string, args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (condition === 'dead') {
        reject(
          new CodedError(
            'worker-died',
            `The ${name} worker is down (${lastProblem ?? 'stopped'}) and is being restarted.`,
            { retryable: !stopped },
          ),
        );
        return;
      }
      const id = nextId++;
      pending.set(id, { resolve, reject });
      const buffers = args.flatMap((arg) => (arg instanceof Transfer ? [...arg.buffers] : []));
      worker.postMessage(
        { id, name: method, args: args.map((arg) => (arg instanceof Transfer ? arg.value : arg)) },
        buffers,
      );
    });

  return {
    call: remote<Api>(invoke),
    health,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async stop() {
      stopped = true;
      cancelRestart();
      await worker.terminate();
    },
    async kill() {
      await worker.terminate();
    },
  };
}

function remote<Api>(invoke: (name: string, args: unknown[]) => Promise<unknown>): Remote<Api> {
  return new Proxy({} as Remote<Api> & object, {
    get: (_target, name) =>
      typeof name === 'string' && name !== 'then' ? (...args: unknown[]) => invoke(name, args) : undefined,
  });
}

/** The same functions in this thread, for scenarios, replay and tests; asynchronous all the same. */
export function inlineWorker<Api extends WorkerApi>(name: string, api: Api): WorkerHandle<Api> {
  const invoke = async (method: string, args: unknown[]) => {
    const handler = api[method] as ((...args: unknown[]) => unknown) | undefined;
    if (!handler) throw new Error(`The worker ${name} has no function named ${method}.`);
    const answer = await handler(...args.map((arg) => (arg instanceof Transfer ? arg.value : arg)));
    return answer instanceof Transfer ? answer.value : answer;
  };
  return {
    call: remote<Api>(invoke),
    health: () => ({ name, condition: 'ok', restarts: 0, pending: 0, lastProblem: null }),
    onChange: () => () => undefined,
    stop: async () => undefined,
    kill: async () => undefined,
  };
}
