import { messageOf } from '../../../shared/error/coded.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { QueryError, QueryOptions } from '../../../shared/model/metric.ts';
import type { Clock } from '../../platform/index.ts';
import type { SourceDeps } from '../deps.ts';
import type { SourceFailure } from '../failure.ts';
import type { Gate } from '../gate.ts';
import type { HttpAnswer, HttpClient } from '../http/client.ts';
import type { HttpFailure } from '../http/failure.ts';
import type { Watched } from '../watched.ts';
import type { Opened, Wanted } from './answer.ts';
import type { DataProblem } from './data-problem.ts';
import { cancelled, judge, ofProbe, queryError, tooManyWaiting, unsent, type Verdict } from './judge.ts';

export type Ask =
  | {
      readonly path: 'query' | 'query_range';
      readonly expression: string;
      readonly parameters: Readonly<Record<string, string>>;
      /** What a thread is to read where the body is large; left out: it is always read here. */
      readonly wanted?: Wanted;
      /** Asked to learn of the source alone, so that too large an answer is the source's fault and not the query's. */
      readonly probe?: true;
    }
  /** Names are asked beside the watch: how that goes says nothing of the source's health. Answered by address alone. */
  | {
      readonly path: 'labels' | 'metadata' | `label/${string}/values`;
      readonly expression: null;
      readonly parameters: Readonly<Record<string, string>>;
    };

/** `asked` counts requests that went out, `answered` those that a Prometheus answered. */
export interface Tally {
  readonly asked: number;
  readonly answered: number;
}

/** One source's way of asking: gate, back-off, form, reading, and what each answer says of the source. */
export interface Exchange {
  ask<T>(
    request: Ask,
    read: (data: unknown) => Result<T, DataProblem>,
    options: QueryOptions | undefined,
  ): Promise<Result<T, QueryError>>;
  tally(): Tally;
  warnings(): readonly string[];
  skewMs(): number | null;
}

export interface ExchangeOptions {
  readonly url: string;
  readonly address: string;
  readonly timeoutMs: number;
  readonly http: HttpClient;
  readonly watched: Watched;
  readonly clock: Clock;
  readonly networkClock: Clock;
  readonly gate: Gate;
  readonly openElsewhere?: SourceDeps['openElsewhere'];
}

/** Smaller ones are read sooner than a thread is asked; this takes a few milliseconds. */
const ELSEWHERE_BYTES = 256 * 1024;

export function createExchange(options: ExchangeOptions): Exchange {
  const { watched, http, clock, networkClock } = options;
  let asked = 0;
  let answered = 0;
  let warnings: readonly string[] = [];
  let skewMs: number | null = null;

  const send = createSender(http, options.url);

  const fail = (failure: SourceFailure, startedAt: number): QueryError => {
    // A rotated token or certificate is read anew at the next try.
    if (failure.condition === 'unauthorised') void http.forget();
    watched.failed(failure, startedAt);
    return queryError(failure);
  };

  const settle = <T>(verdict: Verdict<T>, latencyMs: number, startedAt: number): Result<T, QueryError> => {
    // A server that read the query and said no is alive, unless it had no time for it.
    if (verdict.kind === 'value' || (verdict.kind === 'refused' && verdict.alive)) {
      answered += 1;
      watched.answered(latencyMs);
    }
    if (verdict.kind === 'failed') return err(fail(verdict.failure, startedAt));
    if (verdict.kind === 'refused') return err(verdict.error);
    if (verdict.warnings.length > 0) warnings = verdict.warnings;
    return ok(verdict.value);
  };

  const settleAside = <T>(verdict: Verdict<T>): Result<T, QueryError> => {
    if (verdict.kind === 'value') return ok(verdict.value);
    return err(verdict.kind === 'failed' ? queryError(verdict.failure) : verdict.error);
  };

  return {
    tally: () => ({ asked, answered }),
    warnings: () => warnings,
    skewMs: () => skewMs,
    async ask<T>(
      request: Ask,
      read: (data: unknown) => Result<T, DataProblem>,
      query: QueryOptions | undefined,
    ): Promise<Result<T, QueryError>> {
      const leave = await options.gate.enter();
      if (!leave) return err(tooManyWaiting(options.address));
      try {
        const waiting = watched.waiting();
        if (waiting) return err(queryError(waiting));
        if (query?.signal?.aborted) return err(cancelled());
        const timeoutMs = Math.min(options.timeoutMs, query?.timeoutMs ?? Number.POSITIVE_INFINITY);
        const startedAt = clock.now();
        const began = networkClock.monotonic();
        if (request.expression !== null) asked += 1;
        const sent = await send(request, timeoutMs, query?.signal);
        const latencyMs = networkClock.monotonic() - began;
        if (sent.ok) skewMs = skewOf(sent.value, networkClock);
        const elsewhere = sent.ok ? await openLarge(sent.value, request, options) : undefined;
        const probe = request.expression !== null && request.probe === true;
        const judged: Verdict<T> = sent.ok
          ? judge(sent.value, request.expression ?? '', read, elsewhere)
          : unsent<T>(sent.error, options.address, { callersLimit: timeoutMs < options.timeoutMs, probe });
        const verdict = probe ? ofProbe(judged, options.address) : judged;
        if (request.expression === null) return settleAside(verdict);
        if (verdict.kind === 'value' && verdict.warnings.length > 0)
          query?.onNotes?.(verdict.warnings.map((message) => ({ severity: 'warning', message })));
        return settle(verdict, latencyMs, startedAt);
      } catch (thrown) {
        const message = `${options.address}: its answer could not be read: ${messageOf(thrown)} The next poll asks again.`;
        return err({ code: 'blind', message, retryable: true });
      } finally {
        leave();
      }
    },
  };
}

function skewOf({ serverAt }: HttpAnswer, clock: Pick<Clock, 'now'>): number | null {
  return serverAt === null ? null : serverAt - clock.now();
}

/** A body of many megabytes is opened by a thread, so that nothing else waits for it; undefined: here. */
async function openLarge(
  { body, contentType }: HttpAnswer,
  request: Ask,
  { openElsewhere }: ExchangeOptions,
): Promise<Result<Opened, string> | undefined> {
  const wanted = request.expression === null ? undefined : request.wanted;
  if (!openElsewhere || !wanted || body.byteLength < ELSEWHERE_BYTES) return undefined;
  // A view of a larger memory would take all of it along.
  return openElsewhere({ body: Uint8Array.from(body), contentType, wanted });
}

/** Asks by form, which has no limit of length, and by address where a server or proxy allows no form. */
function createSender(http: HttpClient, base: string) {
  let method: 'POST' | 'GET' = 'POST';
  return async (
    request: Ask,
    timeoutMs: number,
    signal: QueryOptions['signal'],
  ): Promise<Result<HttpAnswer, HttpFailure>> => {
    const query = request.expression === null ? {} : { query: request.expression };
    const form = new URLSearchParams({ ...query, ...request.parameters });
    // The server gives up first and says so: its word on a heavy query is worth more than our silence.
    form.set('timeout', `${Math.max(1, Math.round(timeoutMs * 0.9))}ms`);
    const url = endpoint(base, request.path);
    if (method === 'POST' && request.expression !== null) {
      const answer = await http.send({
        url: url.href,
        method,
        headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
        body: form.toString(),
        timeoutMs,
        signal,
      });
      if (!answer.ok || answer.value.status !== 405) return answer;
      method = 'GET';
    }
    for (const [name, value] of form) url.searchParams.append(name, value);
    return http.send({
      url: url.href,
      method: 'GET',
      headers: { accept: 'application/json' },
      timeoutMs,
      signal,
    });
  };
}

/** Keeps a path prefix and query parameters (a tenant, say) of the configured address. */
function endpoint(base: string, path: Ask['path']): URL {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/${path}`;
  return url;
}
