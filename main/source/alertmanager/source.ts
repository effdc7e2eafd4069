import type { AlertmanagerSourceConfig } from '../../../shared/config/source.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { ReportedAlert } from '../../../shared/model/reported-alert.ts';
import type { ReportedSilence, SilenceOrder } from '../../../shared/model/reported-silence.ts';
import { systemClock } from '../../platform/index.ts';
import type { SourceDeps } from '../deps.ts';
import { failureOfHttp, failureOfStatus, type SourceFailure, sourceFailure } from '../failure.ts';
import { displayAddress } from '../http/address.ts';
import { createHttpClient, type HttpAnswer, type HttpClient } from '../http/client.ts';
import type { SourceState } from '../state.ts';
import { createWatched } from '../watched.ts';
import { readAlerts } from './answer.ts';
import { postable, readSilences } from './silences.ts';

/** An Alertmanager, of which all present alerts are asked; silenced and inhibited ones are named as such. */
export interface AlertmanagerSource {
  readonly address: string;
  alerts(): Promise<Result<readonly ReportedAlert[], SourceFailure>>;
  /** All its silences, those that are over as well; or why they cannot be read. */
  silences(): Promise<Result<readonly ReportedSilence[], string>>;
  /** Has it make, change or end a silence; answers why it did not. */
  order(order: SilenceOrder): Promise<Result<null, string>>;
  state(): SourceState;
  onChange(listener: (state: SourceState) => void): () => void;
  tryNow(): void;
  close(): Promise<void>;
}

const BODY_MAX_BYTES = 32 * 2 ** 20;

export function createAlertmanagerSource(
  config: AlertmanagerSourceConfig,
  deps: SourceDeps,
): AlertmanagerSource {
  const networkClock = deps.networkClock ?? systemClock();
  const http = (deps.openHttp ?? createHttpClient)({
    connection: config,
    readSecret: deps.readSecret,
    clock: networkClock,
    bodyMaxBytes: BODY_MAX_BYTES,
  });
  const address = displayAddress(config.url);
  const watched = createWatched({
    clock: deps.clock,
    log: deps.log.child({ source: config.id }),
    random: deps.random,
    slowAfterMs: Math.min(config.timeoutMs, config.pollEveryMs) / 2,
  });

  return {
    address,
    ...silenceDesk(config, http, address),
    state: () => watched.state(),
    onChange: (listener) => watched.onChange(listener),
    tryNow: () => watched.tryNow(),
    close: () => http.close(),
    async alerts() {
      const waiting = watched.waiting();
      if (waiting) return err(waiting);
      const startedAt = deps.clock.now();
      const began = networkClock.monotonic();
      const sent = await http.send({
        url: apiUrl(config.url, 'alerts'),
        method: 'GET',
        headers: { accept: 'application/json' },
        timeoutMs: config.timeoutMs,
      });
      const latencyMs = networkClock.monotonic() - began;
      const read = sent.ok
        ? readAnswer(sent.value)
        : err(
            sent.error.kind === 'too-large' || sent.error.kind === 'cancelled'
              ? sourceFailure('wrong-answer', address, sent.error.detail, 'Look at how many alerts it has.')
              : failureOfHttp(sent.error, address),
          );
      if (read.ok) {
        watched.answered(latencyMs);
        return read;
      }
      if (read.error.condition === 'unauthorised') void http.forget();
      watched.failed(read.error, startedAt);
      return read;
    },
  };
}

/** Its silences are read and written beside the polls of its alerts, whose state they do not touch. */
function silenceDesk(
  { url, timeoutMs }: AlertmanagerSourceConfig,
  http: HttpClient,
  address: string,
): Pick<AlertmanagerSource, 'silences' | 'order'> {
  const ask = async (
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: string,
  ): Promise<Result<HttpAnswer, string>> => {
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const sent = await http.send({
      url: apiUrl(url, path),
      method,
      headers: { accept: 'application/json', ...type },
      ...(body === undefined ? {} : { body }),
      timeoutMs,
    });
    if (!sent.ok) return err(`${address}: ${sent.error.detail}`);
    if (sent.value.status === 200) return ok(sent.value);
    const text = new TextDecoder().decode(sent.value.body.subarray(0, 300));
    const said = text.replace(/\p{Cc}+/gu, ' ').trim();
    return err(`${address} answered with status ${sent.value.status}${said === '' ? '' : `: ${said}`}`);
  };
  return {
    async silences() {
      const answer = await ask('GET', 'silences');
      return answer.ok ? readSilences(answer.value.body) : answer;
    },
    async order(order) {
      const answer =
        order.kind === 'put'
          ? await ask('POST', 'silences', postable(order))
          : await ask('DELETE', `silence/${encodeURIComponent(order.id)}`);
      return answer.ok ? ok(null) : answer;
    },
  };
}

/** The path of the API behind whatever prefix the address has. */
function apiUrl(base: string, path: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v2/${path}`;
  return url.href;
}

function readAnswer(answer: HttpAnswer): Result<readonly ReportedAlert[], SourceFailure> {
  const failure = failureOfStatus(answer.status, answer.address, answer.retryAfterMs);
  if (failure) return err(failure);
  const read =
    answer.status === 200 ? readAlerts(answer.body) : err(`it answered with status ${answer.status}`);
  return read.ok
    ? ok(read.value)
    : err(
        sourceFailure(
          'wrong-answer',
          answer.address,
          read.error,
          'Check that the address is that of an Alertmanager (0.16 or later).',
        ),
      );
}
