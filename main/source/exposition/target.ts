import type { ExpositionSourceConfig, ExpositionTargetConfig } from '../../../shared/config/source.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import { systemClock } from '../../platform/index.ts';
import type { SourceDeps } from '../deps.ts';
import { failureOfHttp, failureOfStatus, type SourceFailure, sourceFailure } from '../failure.ts';
import { displayAddress } from '../http/address.ts';
import { createHttpClient, type HttpAnswer } from '../http/client.ts';
import { clip } from '../http/failure.ts';

import type { SourceState } from '../state.ts';
import { createWatched } from '../watched.ts';
import { ACCEPT, type ExpositionFormat, formatOf } from './format.ts';

/** One fetched body, not yet read. `durationMs` is how long the fetch took. */
export interface Fetched {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly format: ExpositionFormat;
  readonly durationMs: number;
}

/** A failed fetch; `durationMs` is 0 where none was made because the target asked to be left alone. */
export interface FetchFailure {
  readonly failure: SourceFailure;
  readonly durationMs: number;
}

/** One target that Midwatch scrapes itself. A fetch that is done is good only when its body could be read too. */
export interface ExpositionTarget {
  readonly id: string;
  readonly address: string;
  fetch(): Promise<Result<Fetched, FetchFailure>>;
  /** The body was read. */
  accept(fetched: Fetched): void;
  /** The body was no exposition: what was wrong, as a clause. */
  reject(what: string): SourceFailure;
  state(): SourceState;
  close(): Promise<void>;
}

export function createExpositionTarget(
  config: ExpositionSourceConfig,
  target: ExpositionTargetConfig,
  deps: SourceDeps,
): ExpositionTarget {
  const networkClock = deps.networkClock ?? systemClock();
  const http = (deps.openHttp ?? createHttpClient)({
    connection: { ...config, concurrency: 1 },
    readSecret: deps.readSecret,
    clock: networkClock,
  });
  const address = displayAddress(target.url);
  const watched = createWatched({
    clock: deps.clock,
    log: deps.log.child({ source: config.id, target: target.id }),
    random: deps.random,
    slowAfterMs: Math.min(config.timeoutMs, config.pollEveryMs) / 2,
  });
  let silentUntilAt = Number.NEGATIVE_INFINITY;

  const fail = (failure: SourceFailure): SourceFailure => {
    const now = deps.clock.now();
    if (failure.condition === 'unauthorised') void http.forget();
    if (failure.retryAfterMs !== null) silentUntilAt = now + failure.retryAfterMs;
    watched.failed(failure, now);
    return failure;
  };

  return {
    id: target.id,
    address,
    state: () => watched.state(),
    close: () => http.close(),
    accept: (fetched) => watched.answered(fetched.durationMs),
    reject: (what) =>
      fail(sourceFailure('wrong-answer', address, what, 'Check the address, and the exporter behind it.')),
    async fetch() {
      // A scrape comes once a poll, so it needs no back-off of its own; only what the server asked for is kept.
      const waiting = deps.clock.now() < silentUntilAt ? watched.waiting() : undefined;
      if (waiting) return err({ failure: waiting, durationMs: 0 });
      const began = networkClock.monotonic();
      const sent = await http.send({
        url: target.url,
        method: 'GET',
        headers: { accept: ACCEPT, 'x-prometheus-scrape-timeout-seconds': String(config.timeoutMs / 1000) },
        timeoutMs: config.timeoutMs,
      });
      const durationMs = networkClock.monotonic() - began;
      const read = sent.ok
        ? readAnswer(sent.value)
        : err(
            sent.error.kind === 'too-large' || sent.error.kind === 'cancelled'
              ? sourceFailure('wrong-answer', address, sent.error.detail, 'Expose less, or split the target.')
              : failureOfHttp(sent.error, address),
          );
      return read.ok ? ok({ ...read.value, durationMs }) : err({ failure: fail(read.error), durationMs });
    },
  };
}

function readAnswer(answer: HttpAnswer): Result<Pick<Fetched, 'body' | 'format'>, SourceFailure> {
  const failure = failureOfStatus(answer.status, answer.address, answer.retryAfterMs);
  if (failure) return err(failure);
  const wrong = (what: string) =>
    err(
      sourceFailure('wrong-answer', answer.address, what, 'Check the address; it often ends with /metrics.'),
    );
  if (answer.status !== 200) return wrong(`it answered with status ${answer.status}`);
  const format = formatOf(answer.contentType);
  if (!format) return wrong(`it answered with ${clip(answer.contentType, 60)}, not with metrics`);
  return ok({ body: answer.body, format });
}
