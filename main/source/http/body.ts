import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import { classify, type HttpFailure } from './failure.ts';

/** Decoded bytes of one answer: without a cap one server could fill the memory of the watch. */
export const BODY_MAX_BYTES = 32 * 1024 * 1024;

const DECODERS = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

/**
 * Reads a body to its end or to the cap, whichever is first, decoding as it goes: a small body that unpacks to gigabytes
 * is let go at the cap. The answer has memory of its own, so that it can be handed to a thread.
 */
export async function readBody(
  stream: Readable,
  encoding: string | undefined,
  capBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, HttpFailure>> {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name === 'identity' || name === '') return collect(stream, stream, capBytes);
  if (!Object.hasOwn(DECODERS, name)) {
    discard(stream);
    return err({ kind: 'encoding', detail: 'the answer is packed in a way that was not asked for' });
  }
  const decoder = DECODERS[name as keyof typeof DECODERS]();
  // `pipe` does not pass errors on; without this a connection that breaks off would leave the decoder waiting for ever.
  stream.on('error', (error) => decoder.destroy(error));
  stream.pipe(decoder);
  return collect(decoder, stream, capBytes);
}

async function collect(
  decoded: Readable,
  wire: Readable,
  capBytes: number,
): Promise<Result<Uint8Array<ArrayBuffer>, HttpFailure>> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for await (const chunk of decoded as AsyncIterable<Uint8Array>) {
      total += chunk.byteLength;
      if (total > capBytes) {
        discard(wire);
        return err({
          kind: 'too-large',
          detail: `the answer is larger than the cap of ${Math.round(capBytes / 1024 / 1024)} MiB`,
        });
      }
      chunks.push(chunk);
    }
  } catch (thrown) {
    discard(wire);
    const packed =
      thrown instanceof Error &&
      /^Z_|^ERR_BROTLI|^ERR__ERROR/.test(String((thrown as NodeJS.ErrnoException).code));
    return err(packed ? { kind: 'encoding', detail: 'the packed answer is damaged' } : classify(thrown));
  }
  const body = new Uint8Array(total);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return ok(body);
}

/** Lets go of a body that nobody will read. The error that this causes is ours, not news. */
export function discard(stream: Readable): void {
  stream.on('error', () => undefined);
  stream.destroy();
}
