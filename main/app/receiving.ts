import type { ReceiveConfig } from '../../shared/config/receive.ts';
import type { PushSourceConfig, SourceConfig } from '../../shared/config/source.ts';
import { messageOf } from '../../shared/error/coded.ts';
import type { WorkerHealth } from '../../shared/model/health.ts';
import type { Clock, Logger, WorkerHandle } from '../platform/index.ts';
import { type ListenOptions, type PushSender, RECEIVE_LIMITS, type ReceiveApi } from '../receive/index.ts';
import type { SecretReader } from './secret.ts';

/** What keeps a source, or with `sourceId` null all of them, from being received; until it is mended nothing comes in. */
export interface ReceivingProblem {
  readonly sourceId: string | null;
  readonly message: string;
}

export interface ReceivingDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly secret: SecretReader;
  /** Starts the receivers' thread, which restarts itself when it dies. */
  readonly startWorker: () => WorkerHandle<ReceiveApi>;
}

/** The receivers over all reloads: their thread runs while the configuration has a source that pushes, and only then. */
export interface Receiving {
  /**
   * The receivers as who takes from them sees them, the same for ever: while there is no thread a `take` waits for one,
   * and nothing else does anything.
   */
  readonly handle: WorkerHandle<ReceiveApi>;
  /** Takes over a configuration. Secrets are read anew, so that a token that was changed counts. */
  replace(sources: readonly SourceConfig[], receive: ReceiveConfig): Promise<void>;
  /** Where a source's sender pushes to, and why it cannot where it cannot. */
  listening(sourceId: string): { readonly address: string; readonly problem: string | null };
  /** Where senders push to; null while nothing listens. */
  port(): number | null;
  /** Whether the receivers' thread is there. */
  isRunning(): boolean;
  problems(): readonly ReceivingProblem[];
  stop(): Promise<void>;
}

/** A port that another program holds may be free again. */
const RETRY_MS = 10_000;
/** A shorter token can be guessed by a program on this machine in a night. */
const TOKEN_LENGTH_MIN = 16;

export function createReceiving(deps: ReceivingDeps): Receiving {
  const kept = new KeptReceiving(deps);
  return {
    handle: handleOf(kept),
    replace: (sources, receive) => kept.replace(sources, receive),
    listening: (sourceId) => {
      const problem = kept.problems.find((one) => one.sourceId === null || one.sourceId === sourceId);
      return {
        address: kept.port === null ? '' : `http://127.0.0.1:${kept.port}`,
        problem: problem?.message ?? (kept.port === null ? NOT_YET : null),
      };
    },
    port: () => kept.port,
    isRunning: () => kept.running !== null,
    problems: () => kept.problems,
    stop: () => kept.stop(),
  };
}

const NOT_YET =
  'The receivers are being started, so nothing can be pushed yet. Senders try again by themselves.';

function handleOf(kept: KeptReceiving): WorkerHandle<ReceiveApi> {
  const none = { senders: [], waiting: 0, refusedRequests: 0 };
  return {
    call: {
      listen: async () => {
        throw new Error('The receivers are told where to listen by their configuration alone.');
      },
      take: async () => (await kept.thread())?.call.take() ?? [],
      settle: async (outcomes) => kept.running?.worker.call.settle(outcomes),
      forget: async (sourceId) => kept.running?.worker.call.forget(sourceId),
      status: async () => kept.running?.worker.call.status() ?? none,
      exemplars: async (question) => kept.running?.worker.call.exemplars(question) ?? [],
      close: () => kept.stop(),
    },
    health: () => kept.health(),
    heap: async () => (await kept.running?.worker.heap()) ?? null,
    onChange: (listener) => kept.onChange(listener),
    stop: () => kept.stop(),
    kill: async () => kept.running?.worker.kill(),
  };
}

/** Not starting and not dead: there is nothing to be received. */
const NO_THREAD: WorkerHealth = {
  name: 'receive',
  condition: 'ok',
  restarts: 0,
  pending: 0,
  longestWaitMs: null,
  lastProblem: null,
};

/** The receivers' thread with all that follows it, one change after the other. */
class KeptReceiving {
  private readonly deps: ReceivingDeps;
  running: { readonly worker: WorkerHandle<ReceiveApi>; readonly end: () => Promise<void> } | null = null;
  port: number | null = null;
  problems: readonly ReceivingProblem[] = [];
  private wanted: { readonly sources: readonly SourceConfig[]; readonly receive: ReceiveConfig } | null =
    null;
  private cancelRetry: () => void = () => undefined;
  private stopped = false;
  private turn: Promise<void> = Promise.resolve();
  private readonly waiting = new Set<(worker: WorkerHandle<ReceiveApi> | undefined) => void>();
  private readonly listeners = new Set<(health: WorkerHealth) => void>();

  constructor(deps: ReceivingDeps) {
    this.deps = deps;
  }

  replace(sources: readonly SourceConfig[], receive: ReceiveConfig): Promise<void> {
    this.wanted = { sources, receive };
    return this.inTurn(() => this.apply());
  }

  /** The thread, once there is one; undefined once there will be none any more. */
  thread(): Promise<WorkerHandle<ReceiveApi> | undefined> {
    if (this.running || this.stopped) return Promise.resolve(this.running?.worker);
    return new Promise((resolve) => void this.waiting.add(resolve));
  }

  /** One `take` waits all the time, so it is no queue. */
  health(): WorkerHealth {
    const health = this.running?.worker.health() ?? NO_THREAD;
    return { ...health, pending: Math.max(0, health.pending - 1), longestWaitMs: null };
  }

  onChange(listener: (health: WorkerHealth) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  stop(): Promise<void> {
    this.stopped = true;
    this.cancelRetry();
    this.tellWaiting(undefined);
    return this.inTurn(() => this.end());
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work, work);
    return this.turn;
  }

  private tellWaiting(worker: WorkerHandle<ReceiveApi> | undefined): void {
    for (const tell of this.waiting) tell(worker);
    this.waiting.clear();
  }

  private async apply(): Promise<void> {
    this.cancelRetry();
    if (this.stopped || !this.wanted) return;
    const { sources, receive } = this.wanted;
    const push = sources.filter((source) => source.kind === 'push');
    if (push.length === 0) {
      await this.end();
      this.problems = [];
      return;
    }
    this.running ??= this.start();
    const { log } = this.deps;
    const read = await sendersOf(push, this.deps.secret);
    this.problems = read.problems;
    for (const { sourceId, message } of read.problems)
      log.warn({ source: sourceId, message }, 'not received');
    try {
      this.port = (await this.running.worker.call.listen(listenOptions(read.senders, receive))).port;
      log.info({ port: this.port, sources: read.senders.length }, 'receiving');
    } catch (thrown) {
      this.port = null;
      this.problems = [...read.problems, { sourceId: null, message: messageOf(thrown) }];
      log.warn({ problem: messageOf(thrown) }, 'nothing can be received');
      this.cancelRetry = this.deps.clock.setTimeout(() => this.inTurn(() => this.apply()), RETRY_MS);
    }
  }

  private start() {
    const worker = this.deps.startWorker();
    this.tellWaiting(worker);
    const endWatch = worker.onChange((health) => {
      for (const listener of this.listeners) listener(health);
      // The new thread knows nothing of the old one: it is told where to listen, and series are numbered anew.
      if (health.condition === 'ok') void this.inTurn(() => this.apply());
      else this.port = null;
    });
    const end = async () => {
      endWatch();
      this.cancelRetry();
      try {
        if (worker.health().condition === 'ok') await worker.call.close();
      } catch (thrown) {
        this.deps.log.warn({ problem: messageOf(thrown) }, 'the receivers could not be closed in order');
      }
      await worker.stop();
    };
    return { worker, end };
  }

  private async end(): Promise<void> {
    const { running } = this;
    this.running = null;
    this.port = null;
    await running?.end();
  }
}

function listenOptions(senders: readonly PushSender[], receive: ReceiveConfig): ListenOptions {
  return {
    host: 'localhost',
    port: receive.port,
    senders,
    limits: { ...RECEIVE_LIMITS, bodyBytesMax: receive.max_body },
  };
}

/** The senders whose tokens can be read. A token must tell one source: the second that has it is left out. */
async function sendersOf(
  sources: readonly PushSourceConfig[],
  secret: SecretReader,
): Promise<{ senders: PushSender[]; problems: ReceivingProblem[] }> {
  const senders: PushSender[] = [];
  const problems: ReceivingProblem[] = [];
  for (const source of sources) {
    const token = await secret(source.token);
    const problem = token.ok ? tokenProblem(token.value, source, senders) : token.error.message;
    if (problem !== undefined) problems.push({ sourceId: source.id, message: problem });
    else if (token.ok)
      senders.push({
        sourceId: source.id,
        token: token.value,
        accept: source.accept,
        labels: source.labels,
        seriesMax: source.seriesLimit,
      });
  }
  return { senders, problems };
}

function tokenProblem(
  token: string,
  { id, token: reference }: PushSourceConfig,
  others: readonly PushSender[],
): string | undefined {
  if (!/^[\x21-\x7e]+$/.test(token))
    return `The token that ${reference} names holds blanks or characters that no header carries, so nothing is received for ${id}. Take a random one of letters and digits.`;
  if (token.length < TOKEN_LENGTH_MIN)
    return `The token that ${reference} names has ${token.length} characters and could be guessed, so nothing is received for ${id}. Take a random one of at least ${TOKEN_LENGTH_MIN}.`;
  const other = others.find((one) => one.token === token);
  if (other)
    return `${id} has the same token as ${other.sourceId}, so its samples would be taken for the other's; nothing is received for it. Give each source a token of its own.`;
  return undefined;
}
