import { parentPort, workerData } from 'node:worker_threads';
import { type CallMessage, START_FAILED, Transfer, toWire, type WorkerApi } from './protocol.ts';

/**
 * The worker's side: makes the functions from the start data and answers calls in the order they come.
 * To be called once, at the top of a `*.worker.ts`.
 */
export function serveWorker<Init, Api extends WorkerApi>(create: (init: Init) => Api | Promise<Api>): void {
  const port = parentPort;
  if (!port) throw new Error('This file is a worker thread; it cannot be run by itself.');
  const api = Promise.resolve(create(workerData as Init));
  // A worker that cannot start says why and ends, so that its owner can restart it or give up.
  api.catch((thrown: unknown) => {
    port.postMessage({ id: START_FAILED, ok: false, error: toWire(thrown) });
    setImmediate(() => {
      throw thrown;
    });
  });
  port.on('message', async (message: CallMessage) => {
    try {
      const handler = (await api)[message.name] as ((...args: unknown[]) => unknown) | undefined;
      if (!handler) throw new Error(`The worker has no function named ${message.name}.`);
      const answer = await handler(...message.args);
      if (answer instanceof Transfer) {
        port.postMessage({ id: message.id, ok: true, value: answer.value }, [...answer.buffers]);
      } else {
        port.postMessage({ id: message.id, ok: true, value: answer });
      }
    } catch (thrown) {
      port.postMessage({ id: message.id, ok: false, error: toWire(thrown) });
    }
  });
}
