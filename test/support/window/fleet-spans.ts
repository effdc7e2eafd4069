import type { Span } from '../../../shared/model/trace.ts';
import { SECOND_MS } from '../../../shared/unit/time.ts';

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const TRACES = 60;

/** Requests of the ranking model, one each five seconds back from now; every seventh one fails in its inference. */
export function fleetSpans(now: number): Span[] {
  return Array.from({ length: TRACES }, (_, at) => traceOf(at + 1, now - at * 5 * SECOND_MS - 400)).flat();
}

/** The identifier of the newest but `back` traces. */
export function fleetTraceId(back: number): string {
  return hex(0xabc_000 + back + 1, 32);
}

/** Its request's. */
export function fleetRequestId(back: number): string {
  return `req-${hex((back + 1) * 7_919, 12)}`;
}

function traceOf(number: number, startAt: number): Span[] {
  const traceId = fleetTraceId(number - 1);
  const slow = number % 5 === 0 ? 6 : 1;
  const failed = number % 7 === 0;
  const known = { request_id: fleetRequestId(number - 1), model_version: number > 40 ? 'v41' : 'v42' };
  const root = hex(number * 16, 16);
  const stage = (
    place: number,
    name: string,
    from: number,
    took: number,
    more: Span['attributes'],
  ): Span => ({
    traceId,
    spanId: hex(number * 16 + place, 16),
    parentSpanId: root,
    service: 'ranking-model',
    name,
    kind: 'internal',
    startAt: startAt + from,
    durationMs: took,
    status: failed && name === 'model_inference' ? 'error' : 'unset',
    attributes: { ...known, ...more },
  });
  return [
    {
      traceId,
      spanId: root,
      parentSpanId: null,
      service: 'ranking-model',
      name: 'rank',
      kind: 'server',
      startAt,
      durationMs: 15 + 11 * slow,
      status: failed ? 'error' : 'unset',
      attributes: known,
    },
    stage(1, 'preprocessing', 0.4, 3.1, { features_extracted: 32 }),
    stage(2, 'model_inference', 4.2, 10 * slow, { prediction_confidence: 0.81 - slow / 20 }),
    ...(failed ? [] : [stage(3, 'postprocessing', 5 + 10 * slow, 2.4, { result_size_bytes: 1_816 })]),
  ];
}
