import type { PrometheusSourceConfig } from '../../../shared/config/source.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type {
  InstantValue,
  QueryError,
  QueryOptions,
  QueryTarget,
  RangeWindow,
  Series,
} from '../../../shared/model/metric.ts';
import { systemClock } from '../../platform/index.ts';
import type { SourceDeps } from '../deps.ts';
import { createGate } from '../gate.ts';
import { displayAddress } from '../http/address.ts';
import { createHttpClient } from '../http/client.ts';
import type { SourceState } from '../state.ts';
import { createWatched } from '../watched.ts';
import { readInstant, readMatrix } from './answer.ts';
import { askedInstant, askedRange, ofAskedTime } from './asked-time.ts';
import { chunkWindow, joinChunks, POINTS_MAX, pointsOf } from './chunk.ts';
import type { DataProblem } from './data-problem.ts';
import { createExchange, type Exchange, type Tally } from './exchange.ts';
import { createNames } from './names.ts';

/** Any Prometheus-compatible API, asked in PromQL, with what is known of its health. */
export interface PrometheusSource extends QueryTarget {
  /** Where it is, without credentials. */
  readonly address: string;
  state(): SourceState;
  onChange(listener: (state: SourceState) => void): () => void;
  /** Asks one cheap real query, to learn whether the source answers. */
  probe(): Promise<Result<null, QueryError>>;
  /** Ends a back-off: a person asks to try now. */
  tryNow(): void;
  /** What was asked and answered since the start, to know whether a poll asked anything. */
  tally(): Tally;
  /** Warnings of the last answer that had any: a partial answer is less than the truth. */
  warnings(): readonly string[];
  /** How far the server's clock is ahead of ours, to the second; null where it does not say what it shows. */
  skewMs(): number | null;
  close(): Promise<void>;
}

/** A range over this many points a series is a report, not a watch. */
const RANGE_CHUNKS_MAX = 100;
/** 160 MB as typed arrays: one careless query must not end the process. */
const RANGE_SAMPLES_MAX = 10_000_000;
const WAITING_MAX = 1_000;

export function createPrometheusSource(config: PrometheusSourceConfig, deps: SourceDeps): PrometheusSource {
  const networkClock = deps.networkClock ?? systemClock();
  const http = (deps.openHttp ?? createHttpClient)({
    connection: config,
    readSecret: deps.readSecret,
    clock: networkClock,
  });
  const address = displayAddress(config.url);
  const watched = createWatched({
    clock: deps.clock,
    log: deps.log.child({ source: config.id }),
    random: deps.random,
    slowAfterMs: Math.min(config.timeoutMs, config.pollEveryMs) / 2,
  });
  const exchange = createExchange({
    url: config.url,
    address,
    timeoutMs: config.timeoutMs,
    http,
    watched,
    clock: deps.clock,
    networkClock,
    ...(deps.openElsewhere && { openElsewhere: deps.openElsewhere }),
    gate: createGate(config.concurrency, WAITING_MAX, { ...config.rateLimit, clock: networkClock }),
  });

  const instant = (expression: string, at: number, options?: QueryOptions) => {
    const asked = askedInstant(at);
    return exchange.ask<InstantValue>(
      { path: 'query', expression, parameters: { time: seconds(at) }, wanted: { kind: 'instant', asked } },
      (data) => ofAskedTime(readInstant(data), asked),
      options,
    );
  };

  return {
    id: config.id,
    names: createNames(exchange, deps.clock),
    address,
    state: () => watched.state(),
    onChange: (listener) => watched.onChange(listener),
    tryNow: () => watched.tryNow(),
    tally: () => exchange.tally(),
    warnings: () => exchange.warnings(),
    skewMs: () => exchange.skewMs(),
    close: () => http.close(),
    instant,
    range: (expression, window, options) => askRange(exchange, expression, window, options),
    async probe() {
      const at = deps.clock.now();
      return exchange.ask<null>(
        { path: 'query', expression: 'vector(1)', parameters: { time: seconds(at) }, probe: true },
        (data) => readProbe(data, at),
        undefined,
      );
    },
  };
}

async function askRange(
  exchange: Exchange,
  expression: string,
  window: RangeWindow,
  options: QueryOptions | undefined,
): Promise<Result<readonly Series[], QueryError>> {
  const refused = checkWindow(window);
  if (refused) return err(refused);
  const parts: (readonly Series[])[] = [];
  let left = RANGE_SAMPLES_MAX;
  for (const chunk of chunkWindow(window)) {
    const parameters = {
      start: seconds(chunk.fromAt),
      end: seconds(chunk.toAt),
      step: seconds(chunk.stepMs),
    };
    const part = await exchange.ask<Series[]>(
      {
        path: 'query_range',
        expression,
        parameters,
        wanted: { kind: 'matrix', asked: askedRange(chunk), pointsLeft: left },
      },
      (data) => ofAskedTime(readMatrix(data, left), askedRange(chunk)),
      options,
    );
    if (!part.ok) return part;
    left -= part.value.reduce((sum, series) => sum + series.times.length, 0);
    parts.push(part.value);
  }
  return ok(joinChunks(parts));
}

/** The one query whose answer is known beforehand: another answer is no Prometheus. */
function readProbe(data: unknown, askedAt: number): Result<null, DataProblem> {
  const read = ofAskedTime(readInstant(data), askedInstant(askedAt));
  if (!read.ok) return err({ kind: 'shape', what: read.error.what });
  return read.value.kind === 'vector' && read.value.samples.length === 1 && read.value.samples[0]?.value === 1
    ? ok(null)
    : err({ kind: 'shape', what: 'it answered vector(1) with something other than 1' });
}

function checkWindow(window: RangeWindow): QueryError | undefined {
  if (!(window.stepMs >= 1) || !(window.toAt >= window.fromAt))
    return {
      code: 'execution',
      message: 'A range needs a step of at least 1 ms and an end that is not before its start.',
      retryable: false,
    };
  return pointsOf(window) > RANGE_CHUNKS_MAX * POINTS_MAX
    ? {
        code: 'limit',
        message: `The range asks for ${pointsOf(window)} points a series. Ask for less time or a longer step.`,
        retryable: false,
      }
    : undefined;
}

/** Seconds with milliseconds kept, never in exponent form. */
function seconds(durationOrAtMs: number): string {
  return (durationOrAtMs / 1000).toFixed(3);
}
