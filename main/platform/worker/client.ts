import { Worker } from 'node:worker_threads';
import { CodedError, messageOf } from '../../../shared/error/coded.ts';
import type { WorkerHealth } from '../../../shared/model/health.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import {
  type AnswerMessage,
  fromWire,
  type Remote,
  START_FAILED,
  Transfer,
  type WorkerApi,
} from './protocol.ts';

/** A worker as its owner sees it: typed calls, its health, and word of each death and restart. */
export interface WorkerHandle<Api extends WorkerApi> {
  readonly call: Remote<Api>;
  health(): WorkerHealth;
  /** The thread's own heap; null while it is not running. */
  heap(): Promise<{ readonly usedBytes: number; readonly totalBytes: number } | null>;
  /**
   * Heard after each death (`dead`), each end for want of work (`resting`) and each start after one of them (`ok`): what the
   * thread had learnt is gone. What was under way at a death has been rejected by then.
   */
  onChange(listener: (health: WorkerHealth) => void): () => void;
  stop(): Promise<void>;
  /** Ends the thread at once, as a crash would; for tests of what a death means. */
  kill(): Promise<void>;
}

/** A worker that may rest: whoever knows that it will be needed has it started beforehand. */
export interface StartedWorker<Api extends WorkerApi> extends WorkerHandle<Api> {
  wake(): void;
}

export interface WorkerOptions {
  readonly name: string;
  readonly entry: URL;
  readonly init: unknown;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * Where given, the thread is started by the first call and ended after this long without one: a thread that nobody needs
   * costs some 20 MiB. What it serves must be as good after a start as before.
   */
  readonly restAfterMs?: number;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: CodedError) => void;
  readonly sinceMs: number;
}

/** A restart storm must not burn the laptop: the wait doubles up to this. */
const RESTART_WAIT_MAX_MS = 30_000;
const RESTART_WAIT_MIN_MS = 100;
/** Left alone, each thread lets its short-lived objects fill a share of the machine's memory before it looks at them. */
const YOUNG_GENERATION_MIB = 6;
/** A thread that lived this long did not die of its start: the next wait is short again. */
const LIVED_LONG_MS = 60_000;

/**
 * Starts a worker thread and keeps it alive. A call whose worker dies is rejected with the code `worker-died`:
 * what it was deciding is blind, never a verdict.
 */
export function startWorker<Api extends WorkerApi>(options: WorkerOptions): StartedWorker<Api> {
  const thread = new KeptThread(options);
  return {
    call: remote<Api>((method, args) => thread.invoke(method, args)),
    health: () => thread.health(),
    heap: () => thread.heap(),
    onChange: (listener) => thread.onChange(listener),
    stop: () => thread.stop(),
    kill: () => thread.kill(),
    wake: () => thread.wake(),
  };
}

/** One worker thread over all its lives: its pending calls, its deaths and its restarts. */
class KeptThread {
  private readonly options: WorkerOptions;
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Set<(health: WorkerHealth) => void>();
  private nextId = 1;
  private restarts = 0;
  private lastProblem: string | null = null;
  private condition: WorkerHealth['condition'] = 'starting';
  private stopped = false;
  private cancelRestart: () => void = () => undefined;
  private lastStartAt = 0;
  private waitMs = RESTART_WAIT_MIN_MS;
  private startError: CodedError | undefined;
  /** Undefined while it rests. */
  private worker: Worker | undefined;
  private cancelRest: (() => void) | undefined;
  private lastCallAt = 0;

  constructor(options: WorkerOptions) {
    this.options = options;
    if (options.restAfterMs === undefined) this.worker = this.start();
    else this.condition = 'resting';
  }

  health(): WorkerHealth {
    const { name, clock } = this.options;
    // The first that was asked is the first of the map.
    const [oldest] = this.pending.values();
    return {
      name,
      condition: this.condition,
      restarts: this.restarts,
      pending: this.pending.size,
      longestWaitMs: oldest ? clock.monotonic() - oldest.sinceMs : null,
      lastProblem: this.lastProblem,
    };
  }

  async heap(): Promise<{ usedBytes: number; totalBytes: number } | null> {
    if (this.condition !== 'ok' || !this.worker) return null;
    try {
      const { used_heap_size: usedBytes, total_heap_size: totalBytes } =
        await this.worker.getHeapStatistics();
      return { usedBytes, totalBytes };
    } catch (thrown) {
      this.options.log.debug(
        { worker: this.options.name, problem: messageOf(thrown) },
        'a worker ended before its memory could be read',
      );
      return null;
    }
  }

  onChange(listener: (health: WorkerHealth) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelRestart();
    this.cancelRest?.();
    if (this.condition === 'resting') this.condition = 'dead';
    await this.worker?.terminate();
  }

  async kill(): Promise<void> {
    await this.worker?.terminate();
  }

  invoke(method: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.condition === 'dead') {
        reject(this.deadError(!this.stopped));
        return;
      }
      const worker = this.worker ?? this.beginAgain();
      const id = this.nextId++;
      this.pending.set(id, { resolve, reject, sinceMs: this.options.clock.monotonic() });
      const buffers = args.flatMap((arg) => (arg instanceof Transfer ? [...arg.buffers] : []));
      const plain = args.map((arg) => (arg instanceof Transfer ? arg.value : arg));
      worker.postMessage({ id, name: method, args: plain }, buffers);
      this.restLater();
    });
  }

  wake(): void {
    if (this.condition !== 'resting') return;
    this.beginAgain();
    this.restLater();
  }

  private beginAgain(): Worker {
    this.worker = this.start();
    this.say();
    return this.worker;
  }

  /** One timer for many calls: it looks, when it is due, whether there was another since. */
  private restLater(): void {
    const { restAfterMs, clock } = this.options;
    if (restAfterMs === undefined) return;
    this.lastCallAt = clock.monotonic();
    this.cancelRest ??= clock.setTimeout(() => this.restIfQuiet(restAfterMs), restAfterMs);
  }

  private async restIfQuiet(restAfterMs: number): Promise<void> {
    this.cancelRest = undefined;
    const { clock } = this.options;
    if (this.condition !== 'ok' || this.stopped) return;
    const quietMs = clock.monotonic() - this.lastCallAt;
    if (this.pending.size > 0 || quietMs < restAfterMs) {
      const againMs = Math.max(restAfterMs - quietMs, 1_000);
      this.cancelRest = clock.setTimeout(() => this.restIfQuiet(restAfterMs), againMs);
      return;
    }
    const { worker } = this;
    this.worker = undefined;
    this.condition = 'resting';
    this.say();
    await worker?.terminate();
  }

  private start(): Worker {
    const { entry, init, name, clock, log } = this.options;
    this.lastStartAt = clock.monotonic();
    this.condition = 'ok';
    this.startError = undefined;
    const thread = new Worker(entry, {
      workerData: init,
      name,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
    });
    let failure: string | undefined;
    thread.on('message', (answer: AnswerMessage) => this.settle(answer));
    thread.on('messageerror', (thrown) =>
      log.error({ worker: name, problem: messageOf(thrown) }, 'a worker answer could not be read'),
    );
    thread.on('error', (thrown) => {
      failure = messageOf(thrown);
    });
    thread.on('exit', (status) => {
      if (thread === this.worker) this.died(failure ?? `exit status ${status}`);
    });
    return thread;
  }

  private settle(answer: AnswerMessage): void {
    if (answer.id === START_FAILED && !answer.ok) this.startError = fromWire(answer.error);
    const call = this.pending.get(answer.id);
    if (!call) return;
    this.pending.delete(answer.id);
    if (answer.ok) call.resolve(answer.value);
    else call.reject(fromWire(answer.error));
  }

  private died(problem: string): void {
    const { clock, log, name } = this.options;
    if (this.condition === 'dead') return;
    this.condition = 'dead';
    this.lastProblem = this.startError?.message ?? problem;
    const lost = [...this.pending.values()];
    this.pending.clear();
    for (const call of lost) call.reject(this.startError ?? this.deadError(!this.stopped));
    if (this.stopped) return;
    log.error({ worker: name, problem }, 'a worker died');
    this.say();
    const livedLong = clock.monotonic() - this.lastStartAt > LIVED_LONG_MS;
    this.waitMs = livedLong ? RESTART_WAIT_MIN_MS : Math.min(this.waitMs * 2, RESTART_WAIT_MAX_MS);
    this.cancelRestart = clock.setTimeout(() => {
      this.restarts += 1;
      this.worker = this.start();
      this.say();
      this.restLater();
    }, this.waitMs);
  }

  private deadError(retryable: boolean): CodedError {
    const { name } = this.options;
    const text = this.stopped
      ? `The ${name} worker was stopped. What it was deciding is unknown.`
      : `The ${name} worker died (${this.lastProblem ?? 'stopped'}). What it was deciding is unknown; it is being restarted.`;
    return new CodedError('worker-died', text, { retryable });
  }

  private say(): void {
    for (const listener of this.listeners) listener(this.health());
  }
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
    health: () => ({
      name,
      condition: 'ok',
      restarts: 0,
      pending: 0,
      longestWaitMs: null,
      lastProblem: null,
    }),
    heap: async () => null,
    onChange: () => () => undefined,
    stop: async () => undefined,
    kill: async () => undefined,
  };
}
