import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { ReceiveLimits, ReceiveProblem } from '../received.ts';
import type { Ticket } from './admission.ts';

/** Why there is no body. `gone`: the sender went away, there is nobody to answer. */
export type BodyFailure = ReceiveProblem | 'gone' | 'busy';

/** A body this small may grow as it likes: headers of compressed nothing make a ratio that means nothing. */
const RATIO_FROM_BYTES = 64 * 1024;

/** Reads a body as it came, up to the cap; what is announced as larger is refused before a byte of it is read. */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  ticket: Ticket,
): Promise<Result<Uint8Array, BodyFailure>> {
  const announced = request.headers['content-length'];
  if (announced === undefined && request.headers['transfer-encoding'] === undefined)
    return Promise.resolve(
      err({ status: 411, message: 'Send a body, with its Content-Length or in chunks.' }),
    );
  if (announced !== undefined && Number(announced) > bytesMax)
    return Promise.resolve(err(tooLarge(bytesMax)));
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (result: Result<Uint8Array, BodyFailure>) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      // Whatever the socket still has to say, somebody must listen: an error without a listener ends the thread.
      request.on('error', () => undefined);
      resolve(result);
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax) return settle(err(tooLarge(bytesMax)));
      const grant = ticket.grow(chunk.length);
      if (grant !== 'granted') return settle(err(grant === 'busy' ? 'busy' : tooLarge(bytesMax)));
      chunks.push(chunk);
    };
    const onEnd = () =>
      settle(ok(chunks.length === 1 ? (chunks[0] ?? new Uint8Array(0)) : Buffer.concat(chunks)));
    const onClose = () => settle(err('gone'));
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

/** Undoes gzip within the caps of size and ratio; gives up as soon as one is passed, not at the end. */
export function gunzip(
  body: Uint8Array,
  limits: Pick<ReceiveLimits, 'bodyBytesMax' | 'ratioMax'>,
  ticket: Ticket,
): Promise<Result<Uint8Array, BodyFailure>> {
  const ratioCap = Math.max(RATIO_FROM_BYTES, body.length * limits.ratioMax);
  return new Promise((resolve) => {
    const stream = createGunzip({ chunkSize: 64 * 1024 });
    let out = Buffer.allocUnsafe(Math.min(limits.bodyBytesMax, Math.max(1024, body.length * 8)));
    let length = 0;
    let done = false;
    const settle = (result: Result<Uint8Array, BodyFailure>) => {
      if (done) return;
      done = true;
      stream.destroy();
      resolve(result);
    };
    stream.on('data', (chunk: Buffer) => {
      if (done) return;
      const needed = length + chunk.length;
      if (needed > limits.bodyBytesMax) return settle(err(tooLarge(limits.bodyBytesMax)));
      if (needed > ratioCap) return settle(err(tooDense(limits.ratioMax)));
      const grant = ticket.grow(chunk.length);
      if (grant !== 'granted') return settle(err(grant === 'busy' ? 'busy' : tooLarge(limits.bodyBytesMax)));
      if (needed > out.length) {
        const wider = Buffer.allocUnsafe(Math.min(limits.bodyBytesMax, Math.max(needed, out.length * 2)));
        out.copy(wider, 0, 0, length);
        out = wider;
      }
      chunk.copy(out, length);
      length = needed;
    });
    stream.on('end', () => settle(ok(out.subarray(0, length))));
    stream.on('error', () =>
      settle(
        err({ status: 400, message: 'The body says that it is gzip and is not. Nothing of it was taken.' }),
      ),
    );
    stream.end(body);
  });
}

/** Said of the cap also where a body and its decoded form together passed the memory of one request. */
export function tooLarge(bytesMax: number): ReceiveProblem {
  return {
    status: 413,
    message: `The body is larger than ${bytesMax} bytes. Nothing of it was taken; send smaller batches.`,
  };
}

function tooDense(ratioMax: number): ReceiveProblem {
  return {
    status: 413,
    message: `The body grows more than ${ratioMax} times when it is decoded. Nothing of it was taken; send it less compressed.`,
  };
}
