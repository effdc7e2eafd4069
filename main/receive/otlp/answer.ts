import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { ReceiveAnswer } from '../received.ts';

/** How a body is written: OTLP answers in the encoding of the request. */
export type OtlpEncoding = 'protobuf' | 'json';

/**
 * OTLP's answer to a request that was taken, wholly (nothing rejected and no message) or in part.
 * Source: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export function otlpAnswer(
  signal: 'metrics' | 'traces',
  encoding: OtlpEncoding,
  rejected: number,
  message: string,
): ReceiveAnswer {
  const partial = rejected > 0 || message !== '';
  if (encoding === 'json') {
    const name = signal === 'metrics' ? 'rejectedDataPoints' : 'rejectedSpans';
    const said = partial ? { partialSuccess: { [name]: String(rejected), errorMessage: message } } : {};
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array(Buffer.from(JSON.stringify(said))),
    };
  }
  return {
    status: 200,
    headers: { 'content-type': 'application/x-protobuf' },
    body: partial ? partialMessage(rejected, message) : new Uint8Array(0),
  };
}

/** Both signals number these fields alike. */
function partialMessage(rejected: number, message: string): Uint8Array {
  return new BinaryWriter()
    .tag(1, WireType.LengthDelimited)
    .fork()
    .tag(1, WireType.Varint)
    .int64(rejected)
    .tag(2, WireType.LengthDelimited)
    .string(message)
    .join()
    .finish();
}
