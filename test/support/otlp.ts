import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createOtlpDecoders, type OtlpDecoders } from '../../main/receive/otlp/index.ts';
import type { Decoded, Received, ReceiveLimits, ReceiveRequest } from '../../main/receive/received.ts';

export const OTLP_LIMITS: ReceiveLimits = {
  bodyBytesMax: 32 * 1024 * 1024,
  ratioMax: 200,
  labelsMax: 64,
  labelBytesMax: 4096,
  samplesMax: 200_000,
  depthMax: 32,
};

export const RECEIVED_AT = Date.UTC(2026, 2, 3, 4, 5, 6);

export function otlpRequest(body: unknown, given: Partial<ReceiveRequest> = {}): ReceiveRequest {
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(JSON.stringify(body));
  return {
    sourceId: 'fleet',
    path: '/v1/metrics',
    contentType: body instanceof Uint8Array ? 'application/x-protobuf' : 'application/json',
    headers: {},
    body: bytes,
    receivedAt: RECEIVED_AT,
    limits: OTLP_LIMITS,
    ...given,
  };
}

/** Nanoseconds as OTLP's JSON writes them: so many seconds after `RECEIVED_AT`. */
export function nanosAt(seconds: number): string {
  return `${BigInt(RECEIVED_AT + Math.round(seconds * 1000)) * 1_000_000n}`;
}

/** A body with these metrics, from one resource and one scope. */
export function metricsBody(metrics: readonly object[], attributes: readonly object[] = []): object {
  return { resourceMetrics: [{ resource: { attributes }, scopeMetrics: [{ scope: {}, metrics }] }] };
}

export function textAttribute(key: string, stringValue: string): object {
  return { key, value: { stringValue } };
}

/** Samples by series, written as `name{label="value"}`, for reading in assertions. */
export function samplesOf(received: Received): Record<string, [number, number][]> {
  return Object.fromEntries(
    received.series.map(({ labels, times, values }) => [
      seriesText(labels),
      [...times].map((at, index) => [(at - RECEIVED_AT) / 1000, values[index] ?? Number.NaN]),
    ]),
  );
}

function seriesText(labels: Readonly<Record<string, string>>): string {
  const { __name__ = '', ...rest } = labels;
  const pairs = Object.keys(rest)
    .sort()
    .map((name) => `${name}="${rest[name]}"`);
  return pairs.length === 0 ? __name__ : `${__name__}{${pairs.join(',')}}`;
}

/** Decodes a JSON body of metrics that must be taken. */
export function takeMetrics(
  decoders: OtlpDecoders,
  body: object,
  given: Partial<ReceiveRequest> = {},
): Decoded {
  const result = decoders.metrics(otlpRequest(body, given));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

export interface OtlpServer {
  readonly url: string;
  readonly received: Decoded[];
  close(): Promise<void>;
}

/** A real HTTP server before the decoders: what a sender sends is read, kept and answered. */
export async function startOtlpServer(decoders = createOtlpDecoders()): Promise<OtlpServer> {
  const received: Decoded[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const decode = request.url === '/v1/traces' ? decoders.traces : decoders.metrics;
    const result = decode(
      otlpRequest(new Uint8Array(Buffer.concat(chunks)), {
        contentType: (request.headers['content-type'] ?? '').split(';')[0] ?? '',
        receivedAt: Date.now(),
      }),
    );
    if (!result.ok) response.writeHead(result.error.status).end(result.error.message);
    else {
      received.push(result.value);
      response
        .writeHead(result.value.answer.status, result.value.answer.headers)
        .end(result.value.answer.body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
