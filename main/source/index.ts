/**
 * Pulls metrics from the systems a team already has: PromQL against any Prometheus-compatible API, and direct scrapes of
 * text exposition. Each server has a state that says what happened, what it means for the watch and what to do, and each
 * request is bounded in time, size and redirects, with secrets that go to the configured host alone.
 */

export { type AlertmanagerSource, createAlertmanagerSource } from './alertmanager/source.ts';
export type { SourceDeps } from './deps.ts';
export { parseExemplar } from './exposition/exemplar.ts';
export type { ExpositionFormat } from './exposition/format.ts';
export { decodeExposition, overLimit } from './exposition/parse.ts';
export { type ExpositionError, scanExposition } from './exposition/scan.ts';
export { parseSeriesText } from './exposition/series-text.ts';
export { createExpositionTarget, type ExpositionTarget, type Fetched } from './exposition/target.ts';
export { type SourceFailure, withoutMeaning } from './failure.ts';
export { displayAddress } from './http/address.ts';
export type { HttpAnswer, HttpClient, HttpClientOptions, HttpRequest } from './http/client.ts';
export type { SecretReader } from './http/credentials.ts';
export type { HttpFailure } from './http/failure.ts';
export { type AnswerJob, type Opened, openAnswer } from './prometheus/answer.ts';
export { createPrometheusSource, type PrometheusSource } from './prometheus/source.ts';
export { compileRelabel, type Relabel } from './relabel/relabel.ts';
export { isFailing, type SourceState } from './state.ts';
