import type { ReceiveConfig } from '../../shared/config/receive.ts';
import type { PushSourceConfig, SourceConfig } from '../../shared/config/source.ts';
import { messageOf } from '../../shared/error/coded.ts';
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
  /** Somebody must take what is received: called with each thread that is started; the answer ends the taking. */
  readonly consume: (worker: WorkerHandle<ReceiveApi>) => () => void;
}

/** The receivers over all reloads: their thread runs while the configuration has a source that pushes, and only then. */
export interface Receiving {
  /** Takes over a configuration. Secrets are read anew, so that a token that was changed counts. */
  replace(sources: readonly SourceConfig[], receive: ReceiveConfig): Promise<void>;
  /** Where senders push to; null while nothing listens. */
  port(): number | null;
  problems(): readonly ReceivingProblem[];
  worker(): WorkerHandle<ReceiveApi> | null;
  stop(): Promise<void>;
}

/** A port that another program holds may be free again. */
const RETRY_MS = 10_000;
/** A shorter token can be guessed by a program on this machine in a night. */
const TOKEN_LENGTH_MIN = 16;

export function createReceiving(deps: ReceivingDeps): Receiving {
  const kept = new KeptReceiving(deps);
  return {
    replace: (sources, receive) => kept.replace(sources, receive),
    port: () => kept.port,
    problems: () => kept.problems,
    worker: () => kept.running?.worker ?? null,
    stop: () => kept.stop(),
  };
}

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

  constructor(deps: ReceivingDeps) {
    this.deps = deps;
  }

  replace(sources: readonly SourceConfig[], receive: ReceiveConfig): Promise<void> {
    this.wanted = { sources, receive };
    return this.inTurn(() => this.apply());
  }

  stop(): Promise<void> {
    this.stopped = true;
    this.cancelRetry();
    return this.inTurn(() => this.end());
  }

  private inTurn(work: () => Promise<void>): Promise<void> {
    this.turn = this.turn.then(work, work);
    return this.turn;
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
    const endConsumer = this.deps.consume(worker);
    const endWatch = worker.onChange(({ condition }) => {
      // The new thread knows nothing of the old one: it is told where to listen, and series are numbered anew.
      if (condition === 'ok') void this.inTurn(() => this.apply());
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
      endConsumer();
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
