import { z } from 'zod';
import type { StageName, TracedRequest, TraceLog } from './trace-log.ts';

/** Where the fleet sends its traces: an OTLP receiver on this machine. */
export const TraceTarget = z.strictObject({
  url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/, 'expected http://127.0.0.1:PORT'),
  token: z.string().min(16).max(200),
});
export type TraceTarget = z.infer<typeof TraceTarget>;

const EVERY_MS = 1_000;
const TIMEOUT_MS = 3_000;
/** Whoever takes the traces may stop a little before the fleet does, or begin anew. */
const COMPLAINS_AFTER = 5;
const SERVER = 2;
const INTERNAL = 1;
const FAILED = 2;

/** Sends what the log has each second; what a receiver does not take is gone, as with any exporter. */
export class TraceSender {
  private readonly log: TraceLog;
  private target: TraceTarget | null = null;
  private timer: NodeJS.Timeout | null = null;
  /** Sends in a row that came to nothing. */
  private failed = 0;

  constructor(log: TraceLog) {
    this.log = log;
  }

  aim(target: TraceTarget): void {
    this.target = target;
    this.log.enabled = true;
    this.failed = 0;
    this.timer ??= setInterval(() => void this.send(), EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  /** Also each second by itself, once it is aimed. */
  async send(): Promise<void> {
    const requests = this.log.take();
    if (requests.length === 0 || !this.target) return;
    try {
      const answer = await fetch(`${this.target.url}/v1/traces`, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.target.token}` },
        body: JSON.stringify(otlpTraces(requests, (length) => this.log.hex(length))),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.arrayBuffer();
      if (answer.ok) this.failed = 0;
      else this.complain(`it answered with status ${answer.status}`);
    } catch (thrown) {
      this.complain(thrown instanceof Error ? thrown.message : String(thrown));
    }
  }

  /** Once for each time that nobody takes them. */
  private complain(problem: string): void {
    this.failed += 1;
    if (this.failed === COMPLAINS_AFTER) console.error(`The demo fleet's traces are not taken: ${problem}.`);
  }
}

/**
 * One trace a request: the ranking with its stages as children, in OTLP's JSON.
 * Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function otlpTraces(requests: readonly TracedRequest[], hex: (length: number) => string): unknown {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': 'ranking-model' }) },
        scopeSpans: [{ scope: { name: 'fleet' }, spans: requests.flatMap((one) => spansOf(one, hex)) }],
      },
    ],
  };
}

function spansOf(request: TracedRequest, hex: (length: number) => string): unknown[] {
  const { traceId, requestId, modelVersion } = request;
  const common = { request_id: requestId, model_version: modelVersion };
  const rootId = hex(16);
  const root = {
    traceId,
    spanId: rootId,
    name: 'rank',
    kind: SERVER,
    startTimeUnixNano: nanoseconds(request.startedAt),
    endTimeUnixNano: nanoseconds(request.endedAt),
    status: request.failed ? { code: FAILED } : {},
    attributes: attributes(common),
  };
  const stages = request.stages.map((stage) => ({
    traceId,
    spanId: hex(16),
    parentSpanId: rootId,
    name: stage.name,
    kind: INTERNAL,
    startTimeUnixNano: nanoseconds(stage.startedAt),
    endTimeUnixNano: nanoseconds(stage.endedAt),
    status: {},
    attributes: attributes({ ...common, ...ofStage(stage.name, request) }),
  }));
  return [root, ...stages];
}

function ofStage(name: StageName, { features, confidence, resultBytes }: TracedRequest) {
  switch (name) {
    case 'preprocessing':
      return { features_extracted: features };
    case 'model_inference':
      return { prediction_confidence: confidence };
    case 'postprocessing':
      return { result_size_bytes: resultBytes };
  }
}

/** What is not known is left out. Whole numbers are integers, as text: JSON's numbers end at 2^53. */
function attributes(values: Readonly<Record<string, string | number | null>>): unknown[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === null ? [] : [{ key, value: wireValue(value) }],
  );
}

function wireValue(value: string | number): Readonly<Record<string, string | number>> {
  if (typeof value === 'string') return { stringValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

function nanoseconds(at: number): string {
  const whole = Math.floor(at);
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.round((at - whole) * 1e6)));
}
