import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { ReceiveLimits, ReceiveProblem } from '../received.ts';
import type { Ticket } from './admission.ts';
import { Collector, free } from './bytes.ts';

/** Why there is no body. `gone`: the sender went away, there is nobody to answer. */
export type BodyFailure = ReceiveProblem | 'gone' | 'busy';

/** A body this small may grow as it likes: headers of compressed nothing make a ratio that means nothing. */
const RATIO_FROM_BYTES = 64 * 1024;

/**
 * Reads a body as it came, up to the cap; what is announced as larger is refused before a byte of it is read. One that
 * does not announce its length may have half of that: it must be moved while it grows, and takes more memory meanwhile.
 */
export function readBody(
  request: IncomingMessage,
  cap: number,
  ticket: Ticket,
): Promise<Result<Uint8Array, BodyFailure>> {
  const announced = request.headers['content-length'];
  const bytesMax = announced === undefined ? Math.floor(cap / 2) : cap;
  if (announced === undefined && request.headers['transfer-encoding'] === undefined)
    return Promise.resolve(
      err({ status: 411, message: 'Send a body, with its Content-Length or in chunks.' }),
    );
  if (announced !== undefined && Number(announced) > bytesMax)
    return Promise.resolve(err(tooLarge(bytesMax)));
  return new Promise((resolve) => {
    const body = new Collector(Number(announced ?? 0), bytesMax);
    const settle = (result: Result<Uint8Array, BodyFailure>) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      // Whatever the socket still has to say, somebody must listen: an error without a listener ends the thread.
      request.on('error', () => undefined);
      if (!result.ok) body.drop();
      resolve(result);
    };
    const onData = (chunk: Buffer) => {
      if (body.length + chunk.length > bytesMax) return settle(err(tooLarge(bytesMax)));
      const grant = ticket.grow(chunk.length);
      if (grant !== 'granted') return settle(err(grant === 'busy' ? 'busy' : tooLarge(bytesMax)));
      body.add(chunk);
    };
    const onEnd = () => settle(ok(body.take()));
    const onClose = () => settle(err('gone'));
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

const PIECE_BYTES = 256 * 1024;
/**
 * A bomb need not go off to its cap to be known: who grows so many times the ratio over the first of it is none of ours.
 * Honest bodies have dense places, too, so this is far above the ratio of the whole.
 */
const EARLY_FROM_BYTES = 1024 * 1024;
const EARLY_FACTOR = 4;

/**
 * Undoes gzip within the caps of size and ratio; gives up as soon as one is passed, not at the end. A body that was read
 * to its end is freed; one that was not may still be in the hands of the thread that decodes it.
 */
export function gunzip(
  body: Uint8Array,
  limits: Pick<ReceiveLimits, 'bodyBytesMax' | 'ratioMax'>,
  ticket: Ticket,
): Promise<Result<Uint8Array, BodyFailure>> {
  const ratioCap = Math.max(RATIO_FROM_BYTES, body.length * limits.ratioMax);
  return new Promise((resolve) => {
    const stream = createGunzip({ chunkSize: PIECE_BYTES });
    const out = new Collector(body.length * 8, limits.bodyBytesMax);
    let done = false;
    const settle = (result: Result<Uint8Array, BodyFailure>) => {
      if (done) return;
      done = true;
      stream.destroy();
      if (!result.ok) out.drop();
      resolve(result);
    };
    stream.on('data', (chunk: Buffer) => {
      if (done) return;
      const needed = out.length + chunk.length;
      if (needed > limits.bodyBytesMax) return settle(err(tooLarge(limits.bodyBytesMax)));
      const isBomb =
        needed > EARLY_FROM_BYTES && needed > EARLY_FACTOR * limits.ratioMax * stream.bytesWritten;
      if (needed > ratioCap || isBomb) return settle(err(tooDense(limits.ratioMax)));
      const grant = ticket.grow(chunk.length);
      if (grant !== 'granted') return settle(err(grant === 'busy' ? 'busy' : tooLarge(limits.bodyBytesMax)));
      out.add(chunk);
    });
    stream.on('end', () => {
      free(body);
      settle(ok(out.take()));
    });
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
