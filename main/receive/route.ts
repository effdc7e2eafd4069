import { createAlertWebhookDecoder } from './alert-webhook/alert-webhook.ts';
import { createEventDecoder, createPagerDutyDecoder } from './event/event.ts';
import { otlpAnswer } from './otlp/answer.ts';
import { createOtlpDecoders } from './otlp/index.ts';
import type { PushSender } from './receive-api.ts';
import type { Decoder } from './received.ts';
import { refusalText, totalOf } from './tally.ts';

/** One path and who reads what comes there. Remote write is read straight into rows. */
export interface Route {
  readonly accept: PushSender['accept'][number];
  /** Decoded bytes of one body, where the protocol needs less than the cap for all. */
  readonly bodyBytesMax: number;
  /** Null: remote write. */
  readonly decode: Decoder | null;
}

/** A hundred times what Prometheus sends in one request, and still read within a tenth of a second. */
const WRITE_BYTES_MAX = 16 * 1024 * 1024;
/** JSON takes many times its size once it is read; a storm of ten thousand alerts fits. */
const JSON_BYTES_MAX = 16 * 1024 * 1024;
const EVENT_BYTES_MAX = 1024 * 1024;

export function createRoutes(): ReadonlyMap<string, Route> {
  const otlp = createOtlpDecoders();
  const whole = Number.POSITIVE_INFINITY;
  const event = (decode: Decoder): Route => ({ accept: 'event', bodyBytesMax: EVENT_BYTES_MAX, decode });
  return new Map<string, Route>([
    ['/api/v1/write', { accept: 'remote-write', bodyBytesMax: WRITE_BYTES_MAX, decode: null }],
    ['/v1/metrics', { accept: 'otlp', bodyBytesMax: whole, decode: partlyStored('metrics', otlp.metrics) }],
    ['/v1/traces', { accept: 'otlp', bodyBytesMax: whole, decode: partlyStored('traces', otlp.traces) }],
    [
      '/alertmanager',
      { accept: 'alertmanager', bodyBytesMax: JSON_BYTES_MAX, decode: createAlertWebhookDecoder() },
    ],
    ['/events', event(createEventDecoder())],
    ['/v2/change/enqueue', event(createPagerDutyDecoder())],
  ]);
}

/** What the source's limit or the store left out goes into OTLP's own partial success, beside what the decoder did. */
function partlyStored(signal: 'metrics' | 'traces', decode: Decoder): Decoder {
  return (request) => {
    const decoded = decode(request);
    if (!decoded.ok || decoded.value.partial) return decoded;
    const { refused } = decoded.value.received;
    const encoding = request.contentType === 'application/json' ? 'json' : 'protobuf';
    return {
      ok: true,
      value: {
        ...decoded.value,
        partial: (lost) => {
          const all = [...refused, ...lost];
          const text = `Left out: ${refusalText(all)}. The rest is stored; do not send it again.`;
          return otlpAnswer(signal, encoding, totalOf(all), text);
        },
      },
    };
  };
}
