import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { Clock, Logger, WorkerHandle } from '../platform/index.ts';
import {
  type PushBatch,
  type PushOutcome,
  type ReceiveApi,
  type ReceiveProblem,
  type SenderStatus,
  seriesName,
} from '../receive/index.ts';
import type { MetricWriterApi } from '../store/index.ts';
import type { Drops } from './drops.ts';
import { type Bringer, leftOutReason, type Ownership } from './ownership.ts';
import { appendRows, joinRows, numberRows } from './push-rows.ts';
import { OVER_LIMIT } from './scrape-api.ts';

/** What one request of a sender brought and what was kept of it. */
export interface Arrival {
  readonly sourceId: string;
  readonly receivedAt: number;
  /** Samples that are stored now. */
  readonly samples: number;
}

/** Alerts, changes and spans that came with a request. */
export type Reported = Pick<PushBatch, 'sourceId' | 'receivedAt' | 'spans' | 'changes' | 'alerts'>;

/** Takes what the receivers have, stores it, and only then lets the senders be answered. */
export interface PushKeeper {
  start(): void;
  /** What is under way is answered; nothing more is taken. */
  stop(): Promise<void>;
  /** What the receivers know of a sender, as of their last word; undefined before it. */
  sender(sourceId: string): SenderStatus | undefined;
  /** Series of the source that the store refused last, by name, and how many since the start. */
  refused(sourceId: string): { readonly count: number; readonly names: readonly string[] };
}

export interface PushKeeperDeps {
  readonly receive: WorkerHandle<ReceiveApi>;
  readonly store: WorkerHandle<MetricWriterApi>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ownership: Ownership;
  readonly drops: Drops;
  readonly dropsOf: (sourceId: string) => Drops;
  /** How often something is due from the source. */
  readonly intervalMs: (sourceId: string) => number;
  /** Its `series_limit`. */
  readonly seriesMax: (sourceId: string) => number;
  readonly onArrival: (arrival: Arrival) => void;
  /** The store did not take it: the sender was told to send again. */
  readonly onUnkept: (sourceId: string, problem: string) => void;
  /** Awaited before the sender is answered: what was answered 2xx is not lost. */
  readonly onReported: (reported: Reported) => Promise<void>;
}

/** After a receiver that died or gave nothing: the thread is restarted meanwhile. */
const AGAIN_MS = 200;
const SENDERS_EVERY_MS = 5_000;
const NAMES_KEPT = 5;

export function createPushKeeper(deps: PushKeeperDeps): PushKeeper {
  const { clock, receive, log } = deps;
  const refused = new Map<string, { count: number; names: string[] }>();
  let senders = new Map<string, SenderStatus>();
  let sendersMs = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let running: Promise<void> | undefined;
  const handing = new Set<Promise<void>>();

  const settle = async (outcomes: readonly PushOutcome[]) => {
    try {
      await receive.call.settle(outcomes);
    } catch (thrown) {
      // The receivers' thread is gone and with it the senders' connections: they send again.
      log.warn({ problem: messageOf(thrown) }, 'senders could not be answered');
    }
  };
  const handOn = (batch: PushBatch, outcome: PushOutcome) => {
    const task = deps
      .onReported(batch)
      .then(() => outcome)
      .catch((thrown: unknown) => ({ ...outcome, problem: unavailable(messageOf(thrown)) }))
      .then((answer) => settle([answer]));
    handing.add(task);
    task.finally(() => handing.delete(task));
  };
  const look = async () => {
    if (clock.monotonic() - sendersMs < SENDERS_EVERY_MS) return;
    sendersMs = clock.monotonic();
    const status = await receive.call.status();
    senders = new Map(status.senders.map((one) => [one.sourceId, one]));
  };
  const round = async () => {
    const batches = await receive.call.take();
    if (batches.length === 0) return false;
    const outcomes = await keepAll(deps, batches, (sourceId, names) => noteRefused(refused, sourceId, names));
    const done: PushOutcome[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const batch = batches[index];
      if (batch && outcome.problem === null && hasNews(batch)) handOn(batch, outcome);
      else done.push(outcome);
    }
    await settle(done);
    await look();
    return true;
  };
  const loop = async () => {
    while (!stopped) {
      try {
        if (await round()) continue;
      } catch (thrown) {
        if (!stopped) log.warn({ problem: messageOf(thrown) }, 'nothing could be taken from the receivers');
      }
      if (!stopped) await pause(clock, AGAIN_MS);
    }
  };

  return {
    start() {
      running ??= loop();
    },
    async stop() {
      stopped = true;
      // A take that waits is answered by this.
      await receive.call.close().catch((thrown: unknown) => {
        log.warn({ problem: messageOf(thrown) }, 'the receivers could not be closed');
      });
      await running;
      await Promise.all(handing);
    },
    sender: (sourceId) => senders.get(sourceId),
    refused: (sourceId) => refused.get(sourceId) ?? { count: 0, names: [] },
  };
}

function pause(clock: Clock, durationMs: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimeout(resolve, durationMs));
}

function hasNews(batch: PushBatch): boolean {
  return batch.alerts.length > 0 || batch.changes.length > 0 || batch.spans.length > 0;
}

/** All that waits in one go: what is known already is stored by one request, however many senders there are. */
async function keepAll(
  deps: PushKeeperDeps,
  batches: readonly PushBatch[],
  onRefused: (sourceId: string, names: readonly string[]) => void,
): Promise<PushOutcome[]> {
  try {
    const numbers = await numberAll(deps, batches, onRefused);
    const samples = batches.map((batch) => siftBatch(deps, batch));
    await append(deps, batches);
    for (const [index, batch] of batches.entries()) {
      for (const { reason, count } of batch.refused) note(deps, batch.sourceId, reason, count);
      // What was refused whole is no sign of life: nothing of it can be watched.
      if (batch.refs.length === 0 && batch.refused.length > 0 && !hasNews(batch)) continue;
      deps.onArrival({
        sourceId: batch.sourceId,
        receivedAt: batch.receivedAt,
        samples: samples[index] ?? 0,
      });
    }
    return batches.map((batch, index) => ({
      id: batch.id,
      refs: numbers[index] ?? new Uint32Array(0),
      problem: null,
    }));
  } catch (thrown) {
    const problem = messageOf(thrown);
    // Whatever the numbers meant, they are asked for anew with the next request.
    if (thrown instanceof CodedError && (thrown.code === 'store-damaged' || thrown.code === UNKNOWN_SERIES))
      await forgetNumbers(deps, batches);
    for (const sourceId of new Set(batches.map((one) => one.sourceId))) deps.onUnkept(sourceId, problem);
    return batches.map((batch) => ({
      id: batch.id,
      refs: new Uint32Array(batch.fresh.length),
      problem: unavailable(problem),
    }));
  }
}

const UNKNOWN_SERIES = 'unknown-series';

async function forgetNumbers(deps: PushKeeperDeps, batches: readonly PushBatch[]): Promise<void> {
  for (const sourceId of new Set(batches.map((one) => one.sourceId))) {
    await deps.receive.call.forget(sourceId);
    deps.ownership.forget(sourceId);
  }
}

async function numberAll(
  deps: PushKeeperDeps,
  batches: readonly PushBatch[],
  onRefused: (sourceId: string, names: readonly string[]) => void,
): Promise<Uint32Array[]> {
  const numbers = new Map<PushBatch, Uint32Array>();
  // Each source has an account of its own, so each asks for itself; few batches bring new series.
  for (const sourceId of new Set(batches.map((one) => one.sourceId))) {
    const own = batches.filter((one) => one.sourceId === sourceId && one.fresh.length > 0);
    if (own.length === 0) continue;
    const fresh = own.flatMap((batch) => batch.fresh);
    const { refs } = await deps.store.call.register(fresh, { sourceId, seriesMax: deps.seriesMax(sourceId) });
    let from = 0;
    for (const batch of own) {
      numbers.set(batch, refs.slice(from, from + batch.fresh.length));
      from += batch.fresh.length;
    }
  }
  return batches.map((batch) => {
    const refs = numbers.get(batch) ?? new Uint32Array(0);
    numberRows(batch, refs);
    const unnumbered = batch.fresh.filter((_labels, index) => refs[index] === 0);
    if (unnumbered.length > 0) {
      note(deps, batch.sourceId, OVER_LIMIT, unnumbered.length);
      onRefused(batch.sourceId, unnumbered.map(seriesName));
    }
    return refs;
  });
}

/** Leaves out what another source owns; answers how many rows stay. */
function siftBatch(deps: PushKeeperDeps, batch: PushBatch): number {
  const by: Bringer = { sourceId: batch.sourceId, intervalMs: deps.intervalMs(batch.sourceId) };
  for (const { owner, count } of deps.ownership.sift(by, batch.refs, batch.times, deps.clock.monotonic()))
    note(deps, batch.sourceId, leftOutReason(batch.sourceId, owner), count);
  return batch.refs.reduce((sum, ref) => sum + (ref === 0 ? 0 : 1), 0);
}

async function append(deps: PushKeeperDeps, batches: readonly PushBatch[]): Promise<void> {
  const rows = joinRows(batches);
  if (rows.refs.length === 0) return;
  const appended = await appendRows(deps.store, rows);
  deps.drops.keep(appended.accepted);
  deps.drops.count('twice for one instant', appended.duplicates);
  deps.drops.count('older than what is stored', appended.outOfOrder);
  // These rows are not stored, so their senders must send them again; the others count as sent twice then.
  if (appended.unknown > 0)
    throw new CodedError(
      UNKNOWN_SERIES,
      `${appended.unknown} samples belong to series that the store has let go; they are numbered anew at the next try.`,
      { retryable: true },
    );
}

function note(deps: PushKeeperDeps, sourceId: string, reason: string, count: number): void {
  deps.drops.count(reason, count);
  deps.dropsOf(sourceId).count(reason, count);
}

function unavailable(problem: string): ReceiveProblem {
  return {
    status: 503,
    message: `Midwatch could not keep this (${problem}). Send it again; look at Health in Midwatch if it goes on.`,
  };
}

function noteRefused(
  refused: Map<string, { count: number; names: string[] }>,
  sourceId: string,
  names: readonly string[],
): void {
  const known = refused.get(sourceId) ?? { count: 0, names: [] };
  known.count += names.length;
  known.names = [...names.slice(-NAMES_KEPT).reverse(), ...known.names].slice(0, NAMES_KEPT);
  refused.set(sourceId, known);
}
