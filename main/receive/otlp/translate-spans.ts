import type { Span } from '../../../shared/model/trace.ts';
import { attributeText, isIdentifier, plainValue } from './attribute.ts';
import { Refusals } from './refusals.ts';
import type { KeyValue, TraceRequest, WireSpan } from './schema.ts';

/** What is kept of a span: more would let one sender fill the store with a few requests. */
export const SPAN_LIMITS = { attributes: 48, keyLength: 128, valueLength: 1_024, nameLength: 256 } as const;

/** The service of a resource that does not say its own, as the specification calls it. */
const UNKNOWN_SERVICE = 'unknown_service';
const KINDS: readonly Span['kind'][] = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUSES: readonly Span['status'][] = ['unset', 'ok', 'error'];

/** Where the text beside a status goes. Source: https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/ */
const STATUS_TEXT = 'otel.status_description';

export function translateSpans(
  request: TraceRequest,
  spansMax: number,
): { readonly spans: readonly Span[]; readonly refusals: Refusals } {
  const refusals = new Refusals();
  const spans: Span[] = [];
  for (const { resource, scopeSpans } of request.resourceSpans) {
    const named = attributeText(resource?.attributes, 'service.name') || UNKNOWN_SERVICE;
    const service = named.slice(0, SPAN_LIMITS.nameLength);
    for (const written of scopeSpans.flatMap((scope) => scope.spans)) {
      refusals.ignore('span event or link', written.events + written.links);
      const span = spanOf(written, service, refusals);
      if (typeof span === 'string') refusals.refuse(span);
      else if (spans.length >= spansMax) refusals.refuse(`span beyond ${spansMax} of one request`);
      else spans.push(span);
    }
  }
  return { spans, refusals };
}

function spanOf(written: WireSpan, service: string, refusals: Refusals): Span | string {
  const { traceId = '', spanId = '', parentSpanId = '', kind = 0, status } = written;
  if (!isIdentifier(traceId, 32) || !isIdentifier(spanId, 16)) return 'span without a valid identifier';
  const startNanos = written.startTimeUnixNano ?? 0n;
  const endNanos = written.endTimeUnixNano ?? 0n;
  if (startNanos === 0n || endNanos < startNanos) return 'span without a start, or that ends before it';
  return {
    traceId,
    spanId,
    parentSpanId: isIdentifier(parentSpanId, 16) ? parentSpanId : null,
    service,
    name: (written.name ?? '').slice(0, SPAN_LIMITS.nameLength),
    kind: KINDS[kind] ?? 'internal',
    startAt: Number(startNanos / 1_000n) / 1_000,
    durationMs: Number(endNanos - startNanos) / 1_000_000,
    status: STATUSES[status?.code ?? 0] ?? 'unset',
    attributes: attributesOf(written.attributes, status?.message ?? '', refusals),
  };
}

function attributesOf(
  written: readonly KeyValue[],
  statusText: string,
  refusals: Refusals,
): Span['attributes'] {
  const kept = written.slice(0, SPAN_LIMITS.attributes);
  refusals.ignore('span attribute beyond those kept', written.length - kept.length);
  const entries = kept
    .filter(({ key = '' }) => key !== '' && key !== '__proto__' && key.length <= SPAN_LIMITS.keyLength)
    .map(({ key = '', value }) => [key, bounded(plainValue(value))] as const);
  refusals.ignore('span attribute with a key that cannot be kept', kept.length - entries.length);
  if (statusText !== '') return Object.fromEntries([...entries, [STATUS_TEXT, bounded(statusText)]]);
  return Object.fromEntries(entries);
}

function bounded(value: string | number | boolean): string | number | boolean {
  if (typeof value === 'string') return value.slice(0, SPAN_LIMITS.valueLength);
  // JSON knows neither NaN nor infinities, and spans are kept and sent as JSON.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
