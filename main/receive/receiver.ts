import { randomInt } from 'node:crypto';
import { type Clock, createTurns, Transfer } from '../platform/index.ts';
import { createBatchQueue } from './batch-queue.ts';
import { type AdmissionLimits, admissionLimits, createAdmissions } from './http/admission.ts';
import { createDoorkeeper } from './http/guard.ts';
import { type ListenerTimes, startListener } from './http/listener.ts';
import type { ListenOptions, PushBatch, ReceiveApi } from './receive-api.ts';
import type { ReceiveLimits } from './received.ts';
import { type Hall, handle } from './reception.ts';
import { createRoutes } from './route.ts';
import { SeriesKey } from './series-key.ts';
import { createSourceBook } from './source-book.ts';

export interface ReceiverDeps {
  readonly clock: Clock;
  /** Smaller in tests. */
  readonly admission?: AdmissionLimits;
  readonly times?: ListenerTimes;
}

/** The receivers, in this thread. */
export function createReceiveApi(deps: ReceiverDeps): ReceiveApi {
  const { clock } = deps;
  const hall: Hall = {
    clock,
    admissions: createAdmissions(deps.admission ?? admissionLimits(0), () => clock.monotonic()),
    queue: createBatchQueue(clock),
    book: createSourceBook(),
    routes: createRoutes(),
    decodeTurn: createTurns().take,
    doorkeeper: createDoorkeeper([]),
    limits: NO_LIMITS,
    key: keyFor(NO_LIMITS),
    listener: undefined,
    refusedRequests: 0,
    nextId: 1,
  };
  return {
    async listen(options) {
      const { listener } = hall;
      const stays = listener && (options.port === 0 || options.port === listener.port);
      takeOver(hall, options, deps);
      if (stays) return { port: listener.port };
      if (listener) {
        hall.listener = undefined;
        await listener.close();
      }
      hall.listener = await startListener({
        host: options.host,
        port: options.port,
        clock,
        ...(deps.times ? { times: deps.times } : {}),
        handle: (request, response, expects) => handle(hall, request, response, expects),
        onRefused: () => {
          hall.refusedRequests += 1;
        },
      });
      return { port: hall.listener.port };
    },
    async take() {
      const batches = await hall.queue.take();
      return new Transfer(batches, batches.flatMap(buffersOf));
    },
    settle: (outcomes) => hall.queue.settle(outcomes),
    forget: (sourceId) => hall.book.forget(sourceId),
    status: () => ({
      senders: hall.book.status(),
      waiting: hall.queue.waiting(),
      refusedRequests: hall.refusedRequests,
    }),
    exemplars: (question) => hall.book.exemplars(question),
    async close() {
      hall.queue.close();
      const { listener } = hall;
      hall.listener = undefined;
      await listener?.close();
    },
  };
}

const NO_LIMITS: ReceiveLimits = {
  bodyBytesMax: 0,
  ratioMax: 1,
  labelsMax: 0,
  labelBytesMax: 0,
  samplesMax: 0,
  depthMax: 0,
};

function keyFor(limits: ReceiveLimits): SeriesKey {
  return new SeriesKey(limits, randomInt(2 ** 31));
}

function takeOver(hall: Hall, { senders, limits }: ListenOptions, deps: ReceiverDeps): void {
  hall.doorkeeper = createDoorkeeper(senders);
  hall.book.replace(senders);
  // The key's hashes are part of what the indexes remember: a new one only where it is needed.
  const { labelsMax, labelBytesMax } = hall.limits;
  if (labelsMax !== limits.labelsMax || labelBytesMax !== limits.labelBytesMax) {
    hall.key = keyFor(limits);
    hall.book.forget(null);
  }
  // Requests under way keep what they were given by the ones before.
  if (limits.bodyBytesMax !== hall.limits.bodyBytesMax && !deps.admission)
    hall.admissions = createAdmissions(admissionLimits(limits.bodyBytesMax), () => deps.clock.monotonic());
  hall.limits = limits;
}

function buffersOf(batch: PushBatch): ArrayBuffer[] {
  return [batch.refs, batch.times, batch.values, batch.freshRows, batch.freshOf].map((one) => one.buffer);
}
