/**
 * What others push: OTLP, Prometheus remote write, Alertmanager's webhook and events come in over HTTP on a loopback
 * port with a token a source. Everything is bounded before it is read, decoded in a thread of its own, and handed on as
 * rows of numbered series; a sender hears 2xx only after the store has committed.
 */
export { RECEIVE_LIMITS } from './limits.ts';
export type {
  ListenOptions,
  PushBatch,
  PushOutcome,
  PushSender,
  ReceiveApi,
  SenderStatus,
} from './receive-api.ts';
export type {
  ReceiveAnswer,
  ReceivedAlert,
  ReceiveLimits,
  ReceiveProblem,
  Refusal,
} from './received.ts';
export { createReceiveApi } from './receiver.ts';
export { seriesName } from './series-name.ts';
