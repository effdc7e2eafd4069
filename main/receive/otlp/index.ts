/**
 * OTLP over HTTP, metrics and traces, protobuf and JSON: bodies become series in Prometheus' terms, and spans.
 * Deltas are added up and exponential histograms become classic buckets here, with bounded memory by source.
 * Nothing hostile throws: a body is read within a budget of depth, values and samples, or refused whole with its reason.
 */
import { err, ok, type Result } from '../../../shared/error/result.ts';
import {
  type Decoded,
  type Decoder,
  NOTHING_RECEIVED,
  type ReceiveProblem,
  type ReceiveRequest,
} from '../received.ts';
import { type OtlpEncoding, otlpAnswer } from './answer.ts';
import { budgetFor, Unreadable } from './budget.ts';
import type { Message } from './message.ts';
import { readJson } from './read-json.ts';
import { readProtobuf } from './read-protobuf.ts';
import type { Refusals } from './refusals.ts';
import { metricsRequest, traceRequest } from './schema.ts';
import type { Stream } from './stream.ts';
import { createStreamTable, STREAM_LIMITS, type StreamLimits } from './stream-table.ts';
import { createMetricTranslator } from './translate-metrics.ts';
import { translateSpans } from './translate-spans.ts';

export interface OtlpDecoders {
  readonly metrics: Decoder;
  readonly traces: Decoder;
}

/** Decoders that share nothing but what deltas need to be added up. */
export function createOtlpDecoders(streamLimits: StreamLimits = STREAM_LIMITS): OtlpDecoders {
  const streams = createStreamTable<Stream>(streamLimits);
  const translate = createMetricTranslator();
  return {
    metrics: (request) =>
      reading(request, metricsRequest, (message, encoding) => {
        const changes = streams.begin(request.sourceId, request.receivedAt);
        const { refusals, ...read } = translate(message, changes, request.limits);
        changes.commit();
        return {
          received: { ...NOTHING_RECEIVED, ...read, refused: refusals.list() },
          ...answers('metrics', encoding, refusals),
        };
      }),
    traces: (request) =>
      reading(request, traceRequest, (message, encoding) => {
        const { spans, refusals } = translateSpans(message, request.limits.samplesMax);
        return {
          received: { ...NOTHING_RECEIVED, spans, refused: refusals.list() },
          ...answers('traces', encoding, refusals),
        };
      }),
  };
}

function answers(
  signal: 'metrics' | 'traces',
  encoding: OtlpEncoding,
  refusals: Refusals,
): Pick<Decoded, 'answer' | 'partial'> {
  return {
    answer: otlpAnswer(signal, encoding, refusals.refused, refusals.message()),
    partial: (lost) => {
      const all = refusals.with(lost);
      return otlpAnswer(signal, encoding, all.refused, all.message());
    },
  };
}

const ENCODINGS: ReadonlyMap<string, OtlpEncoding> = new Map([
  ['application/x-protobuf', 'protobuf'],
  ['application/json', 'json'],
]);

/** Reads the body, and turns what makes it unreadable into an answer. */
function reading<T>(
  { contentType, body, limits }: ReceiveRequest,
  type: Message<T>,
  take: (message: T, encoding: OtlpEncoding) => Decoded,
): Result<Decoded, ReceiveProblem> {
  const encoding = ENCODINGS.get(contentType);
  if (!encoding)
    return err({
      status: 415,
      message:
        'OTLP over HTTP is taken as application/x-protobuf or application/json. Nothing was taken; set the protocol of the exporter to http/protobuf or http/json.',
    });
  try {
    const budget = budgetFor(limits.depthMax);
    const message = encoding === 'json' ? readJson(body, type, budget) : readProtobuf(body, type, budget);
    return ok(take(message, encoding));
  } catch (thrown) {
    if (thrown instanceof Unreadable) return err(thrown.problem);
    throw thrown;
  }
}
